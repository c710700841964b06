#include "server/library/uploads.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <thread>

#include "server/library/limits.h"
#include "server/library/probe.h"
#include "server/seams/bounded_queue.h"

namespace matinee::library {
namespace {

using What = UploadFailure::What;

constexpr std::uint64_t room_looked_at_every = 8ULL * 1024 * 1024;  // bytes between two looks at what is free

tl::unexpected<UploadFailure> fail(What what, std::uint64_t offset = 0) { return tl::unexpected(UploadFailure{what, offset, {}}); }

tl::unexpected<UploadFailure> failure_of(int error) {
  return fail(error == ENOSPC || error == EDQUOT || error == EFBIG ? What::disk_full : error == ENOENT ? What::gone : What::trouble);
}

// An open upload. Owns its descriptor.
struct Arriving {
  Arriving() = default;
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;
  ~Arriving() {
    if (fd >= 0) ::close(fd);
  }
  int fd = -1;
  std::uint64_t size_bytes = 0;
  std::uint64_t offset = 0;
  std::uint64_t seat = 0;
};

}  // namespace

struct Uploads::State {
  State(Shelf where, std::uint64_t reserve) : shelf(std::move(where)), reserve_bytes(reserve), thread([this] { work(); }) {}

  void work() {
    while (auto task = tasks.pop()) (*task)(true);
    open.clear();
  }

  // `carry_out` on the thread, its answer on the executor; without room in the queue, or at the end, `instead`.
  template <class Answer>
  void run(const seams::Executor& executor, std::function<void(Answer)> done, Answer instead, std::function<Answer()> carry_out) {
    Task task = [executor, done, instead, carry_out = std::move(carry_out)](bool go) {
      executor([done, answer = go ? carry_out() : instead] { done(answer); });
    };
    if (!tasks.push(task)) executor([done, instead] { done(instead); });
  }

  [[nodiscard]] bool has_room(std::uint64_t bytes) const {
    const std::uint64_t free = shelf.free_bytes();
    return free >= reserve_bytes && free - reserve_bytes >= bytes;
  }

  Offset create(const std::string& id, std::uint64_t size_bytes) const {
    if (!has_room(size_bytes)) return fail(What::disk_full);
    const int fd = ::open(shelf.file(id).c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return failure_of(errno);
    ::close(fd);
    return 0;
  }

  Offset look(const std::string& id) const {
    if (const auto found = open.find(id); found != open.end()) return found->second.offset;
    struct stat what {};
    if (::lstat(shelf.file(id).c_str(), &what) != 0) return failure_of(errno);
    return static_cast<std::uint64_t>(what.st_size);
  }

  Seated seat(const std::string& id, std::uint64_t size_bytes, std::uint64_t offset) {
    const Offset there = look(id);
    if (!there) return tl::unexpected(there.error());
    if (*there != offset) return fail(What::wrong_offset, *there);
    if (!has_room(size_bytes - std::min(size_bytes, offset))) return fail(What::disk_full, offset);
    const auto known = open.find(id);
    if (known == open.end() && open.size() >= limits::uploads_at_once_max) return fail(What::busy, offset);
    Arriving& arriving = known == open.end() ? open[id] : known->second;
    if (arriving.fd < 0) arriving.fd = ::open(shelf.file(id).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (arriving.fd < 0) {
      const int error = errno;
      open.erase(id);
      return failure_of(error);
    }
    arriving.size_bytes = size_bytes;
    arriving.offset = offset;
    arriving.seat = ++seats;
    return Seat{id, arriving.seat};
  }

  Arriving* holder_of(const Seat& seat) {
    const auto found = open.find(seat.id);
    return found != open.end() && found->second.seat == seat.number ? &found->second : nullptr;
  }

  Offset write(const Seat& seat, std::string_view piece) {
    Arriving* const arriving = holder_of(seat);
    if (arriving == nullptr) return fail(What::taken_over);
    if (piece.size() > arriving->size_bytes - arriving->offset) return fail(What::too_long, arriving->offset);
    const std::uint64_t before = arriving->offset;
    while (!piece.empty()) {
      const ssize_t n = ::pwrite(arriving->fd, piece.data(), piece.size(), static_cast<off_t>(arriving->offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return tl::unexpected(UploadFailure{failure_of(n < 0 ? errno : EIO).value().what, arriving->offset, {}});
      arriving->offset += static_cast<std::uint64_t>(n);
      piece.remove_prefix(static_cast<std::size_t>(n));
    }
    if (before < sniffed_bytes && arriving->offset >= sniffed_bytes) return sniff_at_once(*arriving);
    if (before / room_looked_at_every != arriving->offset / room_looked_at_every && !has_room(0))
      return fail(What::disk_full, arriving->offset);
    return arriving->offset;
  }

  // What cannot be played is refused with its first bytes, not after gigabytes.
  static Offset sniff_at_once(const Arriving& arriving) {
    char bytes[sniffed_bytes];
    if (::pread(arriving.fd, bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) return fail(What::trouble, arriving.offset);
    const auto judged = judge_beginning({bytes, sizeof bytes});
    if (!judged) return tl::unexpected(UploadFailure{What::not_video, arriving.offset, note_of(judged.error())});
    return arriving.offset;
  }

  Offset close(const Seat& seat) {
    Arriving* const arriving = holder_of(seat);
    if (arriving == nullptr) return fail(What::taken_over);
    const std::uint64_t offset = arriving->offset;
    const bool flushed = ::fdatasync(arriving->fd) == 0;
    const int error = errno;
    open.erase(seat.id);
    if (!flushed) return failure_of(error);
    return offset;
  }

  using Task = std::function<void(bool go)>;
  const Shelf shelf;
  const std::uint64_t reserve_bytes;
  seams::BoundedQueue<Task> tasks{limits::pieces_waiting_max};
  std::map<std::string, Arriving> open;  // of the thread alone, like the next one
  std::uint64_t seats = 0;
  std::thread thread;  // last: everything else is there when it starts
};

Uploads::Uploads(Shelf shelf, std::uint64_t disk_reserve_bytes) : state_(std::make_unique<State>(std::move(shelf), disk_reserve_bytes)) {}

Uploads::~Uploads() {
  auto left = state_->tasks.close_and_empty();
  state_->thread.join();
  for (auto& task : left) task(false);
}

void Uploads::create(std::string id, std::uint64_t size_bytes, seams::Executor executor, std::function<void(Offset)> done) {
  State& state = *state_;
  state.run<Offset>(executor, std::move(done), fail(What::busy),
                    [&state, id = std::move(id), size_bytes] { return state.create(id, size_bytes); });
}

void Uploads::look(std::string id, seams::Executor executor, std::function<void(Offset)> done) {
  State& state = *state_;
  state.run<Offset>(executor, std::move(done), fail(What::busy), [&state, id = std::move(id)] { return state.look(id); });
}

void Uploads::open(std::string id, std::uint64_t size_bytes, std::uint64_t offset, seams::Executor executor,
                   std::function<void(Seated)> done) {
  State& state = *state_;
  state.run<Seated>(executor, std::move(done), fail(What::busy),
                    [&state, id = std::move(id), size_bytes, offset] { return state.seat(id, size_bytes, offset); });
}

void Uploads::write(Seat seat, std::string piece, seams::Executor executor, std::function<void(Offset)> done) {
  State& state = *state_;
  state.run<Offset>(executor, std::move(done), fail(What::busy),
                    [&state, seat = std::move(seat), piece = std::move(piece)] { return state.write(seat, piece); });
}

void Uploads::close(Seat seat, seams::Executor executor, std::function<void(Offset)> done) {
  State& state = *state_;
  state.run<Offset>(executor, std::move(done), fail(What::busy), [&state, seat = std::move(seat)] { return state.close(seat); });
}

}  // namespace matinee::library
