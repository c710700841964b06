#include "tests/shard/desktop.h"

#include <algorithm>
#include <stdexcept>

namespace matinee::test {
namespace {

std::string name_of(seams::SentAway why) {
  switch (why) {
    case seams::SentAway::removed: return "removed";
    case seams::SentAway::blocked_or_closed: return "blocked_or_closed";
    case seams::SentAway::logged_out: return "logged_out";
    case seams::SentAway::restart: return "restart";
    case seams::SentAway::replaced: return "replaced";
    case seams::SentAway::too_many: return "too_many";
  }
  return "?";
}

std::string stage_of(const rooms::PlaybackState& playback) {
  return std::to_string(playback.rev.value) + (playback.media ? " video" : " nothing");
}

}  // namespace

void NotingAttendee::note(std::string line) {
  if (inside_gate) line += " (inside a call to the gate)";
  heard.push_back(line);
  if (then) then(line);
}

void NotingAttendee::on_admitted(const std::string& name, bool may_publish, const rooms::PlaybackState& playback) {
  note("admitted " + name + (may_publish ? " may publish, " : " may not publish, ") + stage_of(playback));
}
void NotingAttendee::on_refused(rooms::ErrorCode why) { note("refused " + std::string(rooms::info(why).wire_name)); }
void NotingAttendee::on_playback(const rooms::PlaybackState& playback) { note("playback " + stage_of(playback)); }
void NotingAttendee::on_rights(bool may_publish) { note(may_publish ? "rights given" : "rights taken"); }
void NotingAttendee::on_name(const std::string& name) { note("name " + name); }
void NotingAttendee::on_sent_away(seams::SentAway why) { note("sent_away " + name_of(why)); }

Desktop::Desktop(ShardWorld& world, std::int64_t person, const std::string& code, rooms::PersonKind kind) : world_(world), code_(code) {
  visit_.person = {{person}, "Person " + std::to_string(person), kind, false};
  visit_.session = {person + 20'000};
  attend();
}

void Desktop::attend() {
  world_.run([this] {
    attendee_->inside_gate = true;
    world_.shard().gate().attend(code_, visit_, attendee_);
    attendee_->inside_gate = false;
  });
}

void Desktop::leave() {
  world_.run([this] {
    attendee_->inside_gate = true;
    world_.shard().gate().leave(*attendee_);
    attendee_->inside_gate = false;
  });
}

void Desktop::attend_and_leave() {
  world_.run([this] {
    attendee_->inside_gate = true;
    world_.shard().gate().attend(code_, visit_, attendee_);
    world_.shard().gate().leave(*attendee_);
    attendee_->inside_gate = false;
  });
}

std::string Desktop::await(const std::string& begin) {
  std::string found;
  const bool came = world_.becomes_true([&] {
    const auto line = std::find_if(attendee_->heard.begin(), attendee_->heard.end(), [&](const auto& l) { return l.rfind(begin, 0) == 0; });
    if (line != attendee_->heard.end()) found = *line;
    return line != attendee_->heard.end();
  });
  if (!came) throw std::runtime_error("not told: " + begin);
  return found;
}

std::vector<std::string> Desktop::heard() {
  std::vector<std::string> lines;
  world_.run([&] { lines = attendee_->heard; });
  return lines;
}

std::size_t Desktop::holders() {
  std::size_t count = 0;
  world_.run([&] { count = static_cast<std::size_t>(attendee_.use_count()); });
  return count;
}

}  // namespace matinee::test
