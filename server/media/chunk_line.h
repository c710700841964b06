// ChunkLine: the numbered chunks of one session of a browser that publishes, as one stream of bytes. A chunk is known by its number and
// may come several times: when a request broke off, the page cannot know how much of it was taken. What was is kept, and of the repeat only
// what lies behind it counts, so nothing is held back and nothing comes twice. One turn at a time: a newer one takes it.
//
//   ask(n) → next: its turn · repeat: it was taken whole · gap: another one is expected
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "streams/byte_reader.h"

namespace matinee::media {

class ChunkLine {
 public:
  enum class Answer : std::uint8_t { next, repeat, gap };
  using Turn = std::uint64_t;

  explicit ChunkLine(std::string session) : session_(std::move(session)) {}

  [[nodiscard]] const std::string& session() const { return session_; }
  [[nodiscard]] std::uint64_t expected() const { return next_; }
  [[nodiscard]] Answer ask(std::uint64_t number) const {
    if (number == next_) return Answer::next;
    return number < next_ ? Answer::repeat : Answer::gap;
  }
  // Of the expected chunk; whoever had the turn has it no more.
  [[nodiscard]] Turn begin() {
    came_ = 0;
    return ++turn_;
  }
  [[nodiscard]] bool holds(Turn turn) const { return turn == turn_; }
  // The part of the chunk's next bytes that was not taken before.
  [[nodiscard]] streams::Bytes take(streams::Bytes bytes) {
    const std::uint64_t known = taken_ > came_ ? taken_ - came_ : 0;
    came_ += bytes.size();
    if (known >= bytes.size()) return {};
    taken_ = came_;
    return bytes.subspan(static_cast<std::size_t>(known));
  }
  [[nodiscard]] std::uint64_t bytes() const { return came_; }  // of this turn
  // The chunk is whole: the next one is expected.
  void end() {
    ++next_;
    ++turn_;
    taken_ = came_ = 0;
  }

 private:
  std::string session_;
  std::uint64_t next_ = 0;
  Turn turn_ = 0;
  std::uint64_t came_ = 0;   // of the chunk, in this turn
  std::uint64_t taken_ = 0;  // of the chunk, in all turns
};

}  // namespace matinee::media
