#include "server/shard/shard.h"

#include <algorithm>
#include <utility>
#include <vector>
#include "server/net/loop.h"
#include "server/net/websocket.h"
#include "server/shard/attendance.h"
#include "server/shard/client.h"
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/gate.h"
#include "server/shard/room_host.h"

namespace matinee::shard {

struct Shard::State : std::enable_shared_from_this<Shard::State> {
  State(ShardParts parts, ShardOptions options)
      : context(std::move(parts), std::move(options)),
        door(context, [this](const std::string& code) -> RoomHost& { return room_of(context.key_of(code)); }),
        gate(context, {[this](const std::string& code) -> RoomHost& { return room_of(context.key_of(code)); },
                       [this](const std::string& code) { return find(context.key_of(code)); }}) {}

  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {  // the sockets belong to the loop and may outlive us
    for (const auto& entry : context.clients) entry.second->orphan();
    for (const auto& entry : context.attendances) entry.second->orphan();
  }

  RoomHost* find(const std::string& code) const {
    const auto found = rooms.find(code);
    return found == rooms.end() ? nullptr : found->second.get();
  }

  RoomHost& room_of(const std::string& code) {
    std::shared_ptr<RoomHost>& host = rooms[code];
    if (!host || !host->usable()) {
      host = std::make_shared<RoomHost>(context, door, code, [this, code] { retire(code); });
      host->open();
    }
    return *host;
  }

  // Posted: the host that retires is further up the stack.
  void retire(const std::string& code) {
    context.loop().post([weak = weak_from_this(), code] {
      const auto self = weak.lock();
      if (!self) return;
      const auto found = self->rooms.find(code);
      if (found != self->rooms.end() && !found->second->usable()) self->rooms.erase(found);
    });
  }

  void adopt(std::string code, net::UpgradeRequest request) {
    if (context.stopping || !request.stream.open()) return;  // the stream closes with the request
    const net::RequestHead head = std::move(request.head);
    auto client = std::make_shared<Client>(context, door, std::move(code));
    net::WebSocket::adopt(context.loop(), std::move(request), context.options.websocket, client);
    if (client->socket() != nullptr) door.arrive(*client, head);
  }

  void close_clients(std::uint16_t code, std::string_view reason, const std::function<bool(const Client&)>& which) {
    std::vector<Client*> chosen;
    for (const auto& entry : context.clients)
      if (which(*entry.second)) chosen.push_back(entry.second);
    for (Client* client : chosen) client->close(code, reason);
  }

  void stop(std::function<void()> done) {
    stopped = std::move(done);
    context.stopping = true;
    context.flushes.flush_all();
    close_clients(close_code::restart, "restart", [](const Client&) { return true; });
    gate.send_all_away(seams::SentAway::restart);
    for (const auto& entry : rooms) entry.second->save_now();
    stop_deadline = context.loop().start_timer(context.options.stop_max, [this] { finish_stop(); });
    await_stop();
  }

  void await_stop() {
    const bool settled = std::all_of(rooms.begin(), rooms.end(), [](const auto& entry) { return entry.second->settled(); });
    if (settled && context.clients.empty() && context.attendances.empty()) return finish_stop();
    stop_check = context.loop().start_timer(std::chrono::milliseconds(5), [this] { await_stop(); });
  }

  void finish_stop() {
    stop_check.cancel();
    stop_deadline.cancel();
    if (const auto done = std::exchange(stopped, nullptr)) done();
  }

  ShardContext context;
  Door door;
  Gate gate;
  std::unordered_map<std::string, std::shared_ptr<RoomHost>> rooms;
  std::function<void()> stopped;
  net::Timer stop_check;
  net::Timer stop_deadline;
};

Shard::Shard(ShardParts parts, ShardOptions options) : state_(std::make_shared<State>(std::move(parts), std::move(options))) {}
Shard::~Shard() = default;

namespace {
template <class State, class F>
void post_to(const std::shared_ptr<State>& state, F call) {
  state->context.loop().post([weak = std::weak_ptr<State>(state), call = std::move(call)]() mutable {
    if (const auto self = weak.lock()) call(*self);
  });
}
}  // namespace

void Shard::adopt(std::string code, net::UpgradeRequest request) {
  if (loop().in_loop_thread()) return state_->adopt(std::move(code), std::move(request));
  post_to(state_, [code = std::move(code), request = std::move(request)](State& state) mutable {
    state.adopt(std::move(code), std::move(request));
  });
}

void Shard::close_session(seams::SessionId session) {
  post_to(state_, [session](State& state) {
    state.close_clients(close_code::logged_out, "logged out", [session](const Client& client) {
      return client.stage() != Client::Stage::arriving && client.visit().session == session;
    });
    state.gate.close_session(session);
  });
}

void Shard::rename(rooms::Renamed change) {
  post_to(state_, [change = std::move(change)](State& state) {
    for (const auto& entry : state.rooms) entry.second->rename(change);
  });
}

void Shard::reopen(std::string code) {
  post_to(state_, [code = std::move(code)](State& state) {
    if (RoomHost* host = state.find(code)) host->taken_over();
  });
}

void Shard::stop(std::function<void()> done) {
  post_to(state_, [done = std::move(done)](State& state) mutable { state.stop(std::move(done)); });
}

void Shard::with_counters(std::function<void(const ShardCounters&)> read) {
  post_to(state_, [read = std::move(read)](State& state) { read(state.context.counters); });
}

void Shard::with_summary(std::string code, std::optional<rooms::Person> viewer, std::function<void(std::optional<RoomSummary>)> read) {
  post_to(state_, [code = std::move(code), viewer = std::move(viewer), read = std::move(read)](State& state) {
    const RoomHost* host = state.find(state.context.key_of(code));
    const rooms::Room* room = host == nullptr ? nullptr : host->room();
    if (!room || (viewer && !room->sees_inside(*viewer, state.context.now_ms()))) return read(std::nullopt);
    const auto& media = room->playback().media;
    read(RoomSummary{.people = room->participant_count(),
                     .media_url = media ? media->url : std::string(),
                     .file = media && media->kind == rooms::MediaKind::file,
                     .live = room->live().streams});
  });
}

const ShardCounters& Shard::counters() const { return state_->context.counters; }
bool Shard::has_room(const std::string& code) const { return state_->rooms.count(code) > 0; }
net::Loop& Shard::loop() { return state_->context.loop(); }
seams::RoomGate& Shard::gate() { return state_->gate; }

}  // namespace matinee::shard
