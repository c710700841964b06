#include "server/shard/attendance.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include "server/shard/context.h"
#include "server/shard/room_host.h"

namespace matinee::shard {

Attendance::Attendance(ShardContext& context, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee)
    : context_(context),
      visit_(std::move(visit)),
      attendee_(std::move(attendee)),
      id_(next_connection_id()),
      asked_at_ms_(context.now_ms()) {}

void Attendance::tell(Call call) {
  context_.loop().post([self = shared_from_this(), call = std::move(call)] {
    const auto attendee = self->attendee_;  // held: he may leave while he is being told
    if (attendee) call(*attendee);
  });
}

void Attendance::tell_last(Call call) {
  context_.loop().post([self = shared_from_this(), call = std::move(call)] { self->finish(call); });
}

void Attendance::finish(const Call& call) {
  const auto attendee = std::exchange(attendee_, nullptr);
  if (!attendee) return;
  context_.attendances.erase(attendee.get());
  call(*attendee);
}

void Attendance::admitted(const rooms::Person& person, bool may_publish, const rooms::PlaybackState& playback) {
  stage_ = Stage::member;
  visit_.person.name = person.name;  // the room may know a newer one than the credential
  visit_.person.kind = person.kind;
  told_rev_ = playback.rev;
  told_may_publish_ = may_publish;
  tell([name = person.name, may_publish, playback](seams::Attendee& attendee) { attendee.on_admitted(name, may_publish, playback); });
}

// A block and a wrong code take equally long, as at the door.
void Attendance::refused(rooms::ErrorCode why) {
  host_ = nullptr;
  stage_ = Stage::over;
  const bool unknown = why == rooms::ErrorCode::no_such_room || why == rooms::ErrorCode::room_closed;
  if (!unknown) return tell_last([why](seams::Attendee& attendee) { attendee.on_refused(why); });
  const auto passed = std::chrono::milliseconds(context_.now_ms() - asked_at_ms_);
  const auto left = std::max(context_.options.refusal_after - passed, std::chrono::milliseconds(1));
  refusal_ = context_.loop().start_timer(left, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->finish([](seams::Attendee& attendee) { attendee.on_refused(rooms::ErrorCode::no_such_room); });
  });
}

void Attendance::tell_playback(const rooms::PlaybackState& playback) {
  if (stage_ != Stage::member || playback.rev == told_rev_) return;
  told_rev_ = playback.rev;
  tell([playback](seams::Attendee& attendee) { attendee.on_playback(playback); });
}

void Attendance::tell_rights(bool may_publish) {
  if (stage_ != Stage::member || may_publish == told_may_publish_) return;
  told_may_publish_ = may_publish;
  tell([may_publish](seams::Attendee& attendee) { attendee.on_rights(may_publish); });
}

void Attendance::rename(const std::string& name, rooms::PersonKind kind) {
  visit_.person.kind = kind;
  if (visit_.person.name == name) return;
  visit_.person.name = name;
  tell([name](seams::Attendee& attendee) { attendee.on_name(name); });
}

void Attendance::leave_room() {
  stage_ = Stage::over;
  RoomHost* host = std::exchange(host_, nullptr);
  if (host != nullptr) host->gone(*this);
}

void Attendance::send_away(seams::SentAway why) {
  if (stage_ == Stage::over && !refusal_.running()) return;  // the last thing is under way already
  refusal_.cancel();
  leave_room();
  tell_last([why](seams::Attendee& attendee) { attendee.on_sent_away(why); });
}

void Attendance::leave() {
  refusal_.cancel();
  leave_room();
  attendee_.reset();
}

void Attendance::orphan() {
  stage_ = Stage::over;
  host_ = nullptr;
  refusal_.cancel();
  attendee_.reset();
}

}  // namespace matinee::shard
