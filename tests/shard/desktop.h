// A desktop program as the media would bring it in: an attendee that notes everything it is told.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "tests/shard/shard_world.h"

namespace matinee::test {

// Notes each call as a line. Belongs to the loop's thread.
class NotingAttendee final : public seams::Attendee {
 public:
  void on_admitted(const std::string& name, bool may_publish, const rooms::PlaybackState& playback) override;
  void on_refused(rooms::ErrorCode why) override;
  void on_playback(const rooms::PlaybackState& playback) override;
  void on_rights(bool may_publish) override;
  void on_name(const std::string& name) override;
  void on_sent_away(seams::SentAway why) override;

  std::vector<std::string> heard;
  std::function<void(const std::string&)> then;  // inside the call, after it was noted
  bool inside_gate = false;                      // a call of the gate is under way: nothing may be heard

 private:
  void note(std::string line);
};

// One desktop program of one person. Its session is person + 20'000. Everything it was told begins with one of: admitted, refused,
// playback, rights, name, sent_away.
class Desktop {
 public:
  Desktop(ShardWorld& world, std::int64_t person, const std::string& code = room_code, rooms::PersonKind kind = rooms::PersonKind::account);

  void attend();  // done when it is made; then again
  void leave();
  void attend_and_leave();  // in one turn of the loop
  // The first line so far that begins like this, waited for; throws when it has not come for 10 s.
  std::string await(const std::string& begin);
  [[nodiscard]] std::vector<std::string> heard();
  [[nodiscard]] std::size_t holders();  // of the attendee: 1 = the gate has let go of it
  [[nodiscard]] NotingAttendee& attendee() { return *attendee_; }
  [[nodiscard]] std::shared_ptr<NotingAttendee> shared() const { return attendee_; }

 private:
  ShardWorld& world_;
  std::string code_;
  seams::Visit visit_;
  std::shared_ptr<NotingAttendee> attendee_ = std::make_shared<NotingAttendee>();
};

}  // namespace matinee::test
