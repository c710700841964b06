#include "server/shard/client.h"

#include <utility>
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/limits.h"
#include "server/shard/room_host.h"
#include "server/shard/room_opening.h"
#include "server/wire/decode.h"
#include "server/wire/encode.h"

namespace matinee::shard {

struct Client::EarlyWord {
  std::optional<wire::JoinRoom> join;  // none: a knock
  std::string ref;
};

Client::Client(ShardContext& context, Door& door, std::string code)
    : context_(context), door_(door), code_(std::move(code)), id_(next_connection_id()) {}

Client::~Client() = default;

std::int64_t Client::now_ms() const { return context_.now_ms(); }

void Client::on_open(net::WebSocket& socket) {
  socket_ = &socket;
  context_.clients.emplace(id_, this);
  ++context_.counters.connections;
  ++context_.counters.connections_total;
}

void Client::on_close(net::WebSocket&, std::uint16_t code) {
  if (code == close_code::try_later && open()) ++context_.counters.dropped_slow;
  leave();
  if (socket_ == nullptr) return;
  socket_ = nullptr;
  context_.clients.erase(id_);
  --context_.counters.connections;
}

void Client::leave() {
  if (stage_ == Stage::leaving) return;
  stage_ = Stage::leaving;
  deadline_.cancel();
  RoomHost* host = std::exchange(host_, nullptr);
  if (host != nullptr) host->gone(*this);
}

void Client::orphan() {
  stage_ = Stage::leaving;
  deadline_.cancel();
  host_ = nullptr;
  socket_ = nullptr;
}

void Client::close(std::uint16_t code, std::string_view reason) {
  if (!open()) return;
  const auto self = shared_from_this();  // the socket may let go of us while it closes
  leave();
  if (socket_ != nullptr) socket_->close(code, reason);
}

void Client::arrived(seams::Visit visit) {
  visit_ = std::move(visit);
  stage_ = Stage::at_door;
  const auto early = std::exchange(early_word_, nullptr);
  if (!early) return;
  if (early->join) return door_.join(*this, std::move(*early->join), std::move(early->ref));
  door_.knock(*this, true, std::move(early->ref));
}

void Client::join_when_arrived(wire::JoinRoom join, std::string ref) { keep({std::move(join), std::move(ref)}); }
void Client::knock_when_arrived(std::string ref) { keep({std::nullopt, std::move(ref)}); }

void Client::keep(EarlyWord word) {
  if (early_word_) return refuse({rooms::ErrorCode::already_joined, {}, 0}, word.ref);
  early_word_ = std::make_unique<EarlyWord>(std::move(word));
}

void Client::joining(RoomHost& host, std::string tab) {
  host_ = &host;
  tab_ = std::move(tab);
  stage_ = Stage::joining;
}

void Client::asking(RoomHost& host) {
  host_ = &host;
  stage_ = Stage::asking;
}

bool Client::take_password_turn() { return !std::exchange(password_under_way_, true); }

void Client::turned_away(Stage stage) {
  host_ = nullptr;
  if (open()) stage_ = stage;
}

void Client::admitted() {
  stage_ = Stage::member;
  deadline_.cancel();
}

void Client::rename(const rooms::Renamed& change) {
  visit_.person.avatar = change.avatar;
  visit_.person.name = change.name;
  visit_.person.name_key = change.name_key;
  visit_.person.kind = change.kind;
}

void Client::send(std::string_view text) {
  if (open() && socket_ != nullptr) socket_->send(text);
}

void Client::refuse(const rooms::Error& error, std::string_view ref, std::string_view message_id) {
  ++context_.counters.refused;
  context_.text.clear();
  wire::encode_error(error, ref, message_id, context_.text);
  send(context_.text);
}

void Client::on_message(net::WebSocket&, std::string_view text) {
  if (!open()) return;
  const double received_ms = context_.now();
  ++context_.counters.messages;
  if (!context_.options.unlimited_rates && messages_.take(static_cast<std::int64_t>(received_ms), limits::messages) > 0)
    return close(close_code::too_fast, "too fast");
  auto message = wire::decode(text);
  if (!message) return refuse(message.error().error, message.error().ref, message.error().message_id);
  hear(std::move(*message), received_ms);
}

void Client::hear(wire::ClientMessage message, double received_ms) {
  if (const auto* probe = std::get_if<wire::ClockProbe>(&message.body)) {
    answer_probe(probe->t1, received_ms);
    if (probe->rtt_ms && stage_ == Stage::member)
      host_->hear(*this, rooms::RoundTrip{*probe->rtt_ms}, std::move(message.ref), static_cast<std::int64_t>(received_ms));
    return;
  }
  if (auto* join = std::get_if<wire::JoinRoom>(&message.body)) return door_.join(*this, std::move(*join), std::move(message.ref));
  if (const auto* knock = std::get_if<wire::Knock>(&message.body)) return door_.knock(*this, knock->on, std::move(message.ref));
  if (stage_ != Stage::member) {
    std::string message_id;
    if (const auto* event = std::get_if<rooms::Event>(&message.body))
      if (const auto* post = std::get_if<rooms::PostChat>(event)) message_id = post->id;
    return refuse({rooms::ErrorCode::not_joined, {}, 0}, message.ref, message_id);
  }
  if (const auto* history = std::get_if<wire::ReadHistory>(&message.body)) return read_history(*history, std::move(message.ref));
  if (const auto* search = std::get_if<wire::SearchChat>(&message.body)) return this->search(*search, std::move(message.ref));
  if (auto* settings = std::get_if<wire::SetPassword>(&message.body))
    return host_->set_password(*this, std::move(*settings), std::move(message.ref));
  host_->hear(*this, std::get<rooms::Event>(message.body), std::move(message.ref), static_cast<std::int64_t>(received_ms));
}

// Not behind the room's batch: what waits there would be measured as distance.
void Client::answer_probe(std::string_view t1, double received_ms) {
  context_.text.clear();
  wire::encode_clock_reply(t1, received_ms, context_.now(), context_.text);
  send(context_.text);
}

void Client::read_history(const wire::ReadHistory& wanted, std::string ref) {
  if (histories_under_way_ >= limits::histories_under_way_max) return refuse({rooms::ErrorCode::slow_down, {}, 1'000}, ref);
  ++histories_under_way_;
  seams::ReadRequest request{host_->room_id(), std::nullopt, wanted.before, wanted.limit, limits::history_bytes_max};
  context_.parts.log.read(request, context_.executor,
                          [weak = weak_from_this(), ref = std::move(ref)](seams::Result<std::vector<seams::StoredMessage>> page) {
                            const auto self = weak.lock();
                            if (!self) return;
                            --self->histories_under_way_;
                            if (!page) return self->refuse({rooms::ErrorCode::storage_unavailable, {}, 0}, ref);
                            const bool more_before = !page->empty() && page->front().seq.value > 1;
                            std::string& text = self->context_.text;
                            text.clear();
                            wire::encode_chat_page(ref, messages_from(*page), more_before, text);
                            self->send(text);
                          });
}

void Client::search(const wire::SearchChat& wanted, std::string ref) {
  if (searches_under_way_ >= limits::searches_under_way_max) return refuse({rooms::ErrorCode::slow_down, {}, 1'000}, ref);
  const std::int64_t retry_ms = context_.options.unlimited_rates ? 0 : searches_.take(now_ms(), limits::searches);
  if (retry_ms > 0) return refuse({rooms::ErrorCode::slow_down, {}, retry_ms}, ref);
  ++searches_under_way_;
  seams::SearchRequest request{host_->room_id(), wanted.query, wanted.before, wanted.limit, limits::search_bytes_max};
  context_.parts.log.search(std::move(request), context_.executor,
                            [weak = weak_from_this(), ref = std::move(ref)](seams::Result<seams::SearchPage> page) {
                              const auto self = weak.lock();
                              if (!self) return;
                              --self->searches_under_way_;
                              if (!page) return self->refuse({rooms::ErrorCode::storage_unavailable, {}, 0}, ref);
                              std::string& text = self->context_.text;
                              text.clear();
                              wire::encode_chat_found(ref, messages_from(page->messages), page->more_before, text);
                              self->send(text);
                            });
}

}  // namespace matinee::shard
