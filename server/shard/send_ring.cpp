#include "server/shard/send_ring.h"

#ifdef MATINEE_IO_URING
#include <liburing.h>
#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <cstdint>
#endif

#include "server/shard/fanout.h"
#include "server/shard/limits.h"

namespace matinee::shard {
#ifdef MATINEE_IO_URING

struct SendRing::State {
  struct Item {
    Fanout* room;  // null = settled
    std::uint32_t member;
    std::int32_t all;  // the result when everything was taken
  };
  io_uring ring{};
  bool made = false;
  std::array<Item, limits::ring_entries> items;  // of the submission under way; user_data is the index
  std::size_t count = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (made) ::io_uring_queue_exit(&ring);
  }

  // Submits what is queued and settles every result.
  bool reap() {
    std::size_t left = count;
    while (left > 0) {
      const int submitted = ::io_uring_submit_and_wait(&ring, static_cast<unsigned>(left));
      if (submitted < 0 && submitted != -EINTR && submitted != -EAGAIN && submitted != -EBUSY) return give_up();
      const unsigned ready = ::io_uring_cq_ready(&ring);
      const unsigned first = *ring.cq.khead;
      for (unsigned i = 0; i < ready; ++i) {
        const io_uring_cqe& entry = ring.cq.cqes[(first + i) & ring.cq.ring_mask];
        Item& item = items[entry.user_data];
        if (entry.res != item.all) item.room->settle(item.member, entry.res);
        item.room = nullptr;
      }
      ::io_uring_cq_advance(&ring, ready);
      left -= ready;
    }
    count = 0;
    return true;
  }

  bool give_up() {
    for (std::size_t i = 0; i < count; ++i)
      if (items[i].room != nullptr) items[i].room->settle(items[i].member, -EIO);
    count = 0;
    return false;
  }

  // A free entry, or null when the ring has failed. io_uring_get_sqe() without its checks: the ring holds at least as many as items.
  io_uring_sqe* next_entry() {
    if (count == items.size() && !reap()) return nullptr;
    return &ring.sq.sqes[ring.sq.sqe_tail++ & ring.sq.ring_mask];
  }

  // Every entry is a send for ever: what is the same for all is written once.
  void prepare_entries() {
    for (unsigned i = 0; i < ring.sq.ring_entries; ++i) ::io_uring_prep_send(&ring.sq.sqes[i], -1, nullptr, 0, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  // Sends to the members that take it directly, the others get theirs as without a ring.
  bool add(Fanout& room) {
    const std::string_view batch = room.batch();
    const auto members = room.members();
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!members[i].direct) {
        room.deliver_waiting(i);
        continue;
      }
      io_uring_sqe* entry = next_entry();
      if (entry == nullptr) {
        for (; i < members.size(); ++i) room.deliver_waiting(i);
        return false;
      }
      entry->fd = members[i].fd;
      entry->addr = reinterpret_cast<std::uintptr_t>(batch.data());
      entry->len = static_cast<std::uint32_t>(batch.size());
      entry->user_data = count;
      items[count++] = {&room, static_cast<std::uint32_t>(i), static_cast<std::int32_t>(batch.size())};
    }
    return true;
  }
};

std::unique_ptr<SendRing> SendRing::create() {
  auto state = std::make_unique<State>();
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN;
  state->made = ::io_uring_queue_init_params(limits::ring_entries, &state->ring, &parameters) == 0;
  if (!state->made || state->ring.sq.ring_entries < state->items.size()) return nullptr;
  state->prepare_entries();
  return std::unique_ptr<SendRing>(new SendRing(std::move(state)));
}

bool SendRing::send(const std::vector<Fanout*>& rooms) {
  std::size_t added = 0;
  while (added < rooms.size() && state_->add(*rooms[added])) ++added;
  const bool fine = added == rooms.size();
  for (++added; added < rooms.size(); ++added)  // the ring has failed
    for (std::size_t i = 0; i < rooms[added]->size(); ++i) rooms[added]->deliver_waiting(i);
  return fine && state_->reap();
}

#else

struct SendRing::State {};
std::unique_ptr<SendRing> SendRing::create() { return nullptr; }
bool SendRing::send(const std::vector<Fanout*>&) { return false; }

#endif

SendRing::SendRing(std::unique_ptr<State> state) : state_(std::move(state)) {}
SendRing::~SendRing() = default;

}  // namespace matinee::shard
