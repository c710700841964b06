// Whatever a client sends is either a message within its bounds or a refusal that can be answered.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include "rooms/limits.h"
#include "server/wire/decode.h"
#include "server/wire/encode.h"

using namespace matinee;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_event(const rooms::Event& event) {
  if (const auto* post = std::get_if<rooms::PostChat>(&event))
    demand(post->id.size() >= 8 && post->id.size() <= 36 && (!post->reply_to || post->reply_to->value > 0));
  if (const auto* command = std::get_if<rooms::PlaybackCommand>(&event))
    demand(command->position_ms >= 0 && command->position_ms <= rooms::limits::position_ms_max && command->rate >= 0.25 &&
           command->rate <= 2 && command->op.size() <= 36);
  if (const auto* edit = std::get_if<rooms::EditChat>(&event))
    demand(edit->seq.value > 0 && edit->text.size() <= wire::client_message_bytes_max);
  if (const auto* removal = std::get_if<rooms::DeleteChat>(&event)) demand(removal->seq.value > 0);
  if (const auto* react = std::get_if<rooms::React>(&event))
    demand(react->seq.value > 0 && react->emoji.size() <= rooms::limits::emoji_bytes_max);
  if (const auto* silence = std::get_if<rooms::Silence>(&event)) demand(silence->person.value > 0 && silence->for_ms >= 0);
  if (const auto* signal = std::get_if<rooms::Signal>(&event)) {  // what is passed on must read the same on the other side
    demand(!signal->data.empty() && signal->data.size() <= rooms::limits::signal_bytes_max);
    const auto again = wire::decode(R"({"type":"room.signal","data":)" + signal->data + "}");
    demand(again.has_value() && std::get<rooms::Signal>(std::get<rooms::Event>(again->body)).data == signal->data);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = wire::decode({reinterpret_cast<const char*>(data), size});
  std::string out;
  if (!message) {
    demand(message.error().ref.size() <= rooms::limits::client_ref_bytes_max);
    wire::encode_error(message.error().error, message.error().ref, message.error().message_id, out);
    demand(out.size() < 1'024);
    return 0;
  }
  demand(message->ref.size() <= rooms::limits::client_ref_bytes_max);
  if (const auto* event = std::get_if<rooms::Event>(&message->body)) check_event(*event);
  if (const auto* search = std::get_if<wire::SearchChat>(&message->body))
    demand(!search->query.empty() && search->query.size() <= rooms::limits::search_query_bytes_max && search->limit > 0 &&
           !message->ref.empty());
  if (const auto* set = std::get_if<wire::SetPassword>(&message->body))
    demand(set->password.size() >= rooms::limits::room_password_bytes_min &&
           set->password.size() <= rooms::limits::room_password_bytes_max && !set->change.password_hash);
  if (const auto* join = std::get_if<wire::JoinRoom>(&message->body))
    demand(!join->password || join->password->size() <= rooms::limits::room_password_bytes_max);
  if (const auto* probe = std::get_if<wire::ClockProbe>(&message->body)) {
    wire::encode_clock_reply(probe->t1, 1, 2, out);
    demand(out.size() < 256);
  }
  return 0;
}
