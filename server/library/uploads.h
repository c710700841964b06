// Uploads: the bytes of files that are still arriving, on their way to the disk, on a thread of its own. An upload's file has exactly
// the bytes that came, so its length is the offset to go on from: after a lost line, a killed browser and a killed server alike.
//
// Who sends holds a seat. Whoever asks for the same upload later takes the seat over, because the first one's line may be dead without
// anybody having been told; what the first one still sends is refused, so no byte is ever written twice or out of place.
// Thread rule: every method from any thread; answers come through the executor, exactly once, also when this is destroyed.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "server/library/shelf.h"
#include "server/seams/executor.h"

namespace matinee::library {

struct Seat {
  std::string id;
  std::uint64_t number = 0;
};

struct UploadFailure {
  enum class What : std::uint8_t {
    wrong_offset,  // `offset` is the right one
    gone,          // no such file: deleted, or never begun
    taken_over,    // somebody else has the seat
    too_long,      // more bytes than were declared
    not_video,     // by its first bytes; `note` says what
    disk_full,
    busy,     // too many at once
    trouble,  // the disk does not do what it should; or we are ending
  };
  What what = What::trouble;
  std::uint64_t offset = 0;
  std::string note = {};
};

class Uploads {
 public:
  using Offset = tl::expected<std::uint64_t, UploadFailure>;
  using Seated = tl::expected<Seat, UploadFailure>;

  Uploads(Shelf shelf, std::uint64_t disk_reserve_bytes);
  ~Uploads();
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  // Makes the empty file. disk_full: there is no room for so many bytes.
  void create(std::string id, std::uint64_t size_bytes, seams::Executor executor, std::function<void(Offset)> done);
  // How many bytes have come.
  void look(std::string id, seams::Executor executor, std::function<void(Offset)> done);
  // A seat to write from `offset` on.
  void open(std::string id, std::uint64_t size_bytes, std::uint64_t offset, seams::Executor executor, std::function<void(Seated)> done);
  // One piece at a time; answers the offset behind it.
  void write(Seat seat, std::string piece, seams::Executor executor, std::function<void(Offset)> done);
  // Gives the seat back; what was written is on the disk when this is answered.
  void close(Seat seat, seams::Executor executor, std::function<void(Offset)> done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::library
