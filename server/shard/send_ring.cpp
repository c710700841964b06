#include "server/shard/send_ring.h"

#ifdef MATINEE_IO_URING
#include <liburing.h>
#include <sys/socket.h>
#include <cerrno>
#endif

#include "server/shard/fanout.h"
#include "server/shard/limits.h"

namespace matinee::shard {
#ifdef MATINEE_IO_URING

struct SendRing::State {
  struct Item {
    Fanout* room;
    std::size_t member;
    bool settled;
  };
  io_uring ring{};
  bool ready = false;
  std::vector<Item> items;  // of the submission under way; user_data is the index

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (ready) ::io_uring_queue_exit(&ring);
  }

  // Submits what is queued and settles every result.
  bool reap() {
    std::size_t left = items.size();
    while (left > 0) {
      const int submitted = ::io_uring_submit_and_wait(&ring, static_cast<unsigned>(left));
      if (submitted < 0 && submitted != -EINTR && submitted != -EAGAIN && submitted != -EBUSY) return give_up();
      unsigned head = 0;
      unsigned seen = 0;
      io_uring_cqe* entry = nullptr;
      io_uring_for_each_cqe(&ring, head, entry) {
        Item& item = items[entry->user_data];
        item.settled = true;
        item.room->settle(item.member, entry->res);
        ++seen;
      }
      ::io_uring_cq_advance(&ring, seen);
      left -= seen;
    }
    items.clear();
    return true;
  }

  bool give_up() {
    for (const Item& item : items)
      if (!item.settled) item.room->settle(item.member, -EIO);
    items.clear();
    return false;
  }

  bool add(Fanout& room, std::size_t member) {
    io_uring_sqe* entry = ::io_uring_get_sqe(&ring);
    if (entry == nullptr) {
      if (!reap()) return false;
      entry = ::io_uring_get_sqe(&ring);
      if (entry == nullptr) return false;
    }
    const auto batch = room.batch();
    ::io_uring_prep_send(entry, room.members()[member].fd, batch.data(), batch.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::io_uring_sqe_set_data64(entry, items.size());
    items.push_back({&room, member, false});
    return true;
  }
};

std::unique_ptr<SendRing> SendRing::create() {
  auto state = std::make_unique<State>();
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN;
  state->ready = ::io_uring_queue_init_params(limits::ring_entries, &state->ring, &parameters) == 0;
  if (!state->ready) return nullptr;
  return std::unique_ptr<SendRing>(new SendRing(std::move(state)));
}

bool SendRing::send(const std::vector<Fanout*>& rooms) {
  bool fine = true;
  for (Fanout* room : rooms) {
    for (std::size_t i = 0; i < room->size(); ++i) {
      if (fine && room->members()[i].direct) fine = state_->add(*room, i);
      if (!fine || !room->members()[i].direct) room->deliver_waiting(i);
    }
  }
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
