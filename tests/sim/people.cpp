// What people do in the simulated world.
#include <algorithm>
#include "tests/sim/world.h"

namespace matinee::rooms::sim {

Client& World::somebody() { return clients_.at(static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(clients_.size())))); }

void World::somebody_acts() {
  Client& client = somebody();
  const auto tabs = tabs_of(client.id);
  if (tabs.empty() || random_.chance(5)) return connect(client);
  const ConnectionId connection = tabs.at(static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(tabs.size()))));
  const std::int64_t kind = random_.below(100);
  if (kind < 6) disconnect(connection);
  else if (kind < 44) act_in_chat(client, connection);
  else if (kind < 54) act_on_messages(connection);
  else if (kind < 70) act_on_playback(connection);
  else if (kind < 78) act_on_queue(connection);
  else if (kind < 94) report(connection);
  else act_on_people(connection);
}

void World::act_in_chat(Client& client, ConnectionId connection) {
  if (!client.unanswered.empty() && random_.chance(25)) {  // impatient: the same again, marked or not
    const auto& [id, text] = *client.unanswered.begin();
    return send(PostChat{id, text, {}, random_.chance(50)}, connection);
  }
  if (client.written > 0 && random_.chance(12)) {  // an answered one once more: a lost answer, a broken client
    const std::string number = std::to_string(1 + random_.below(client.written));
    return send(PostChat{"message-" + number, "text " + number, {}, random_.chance(25)}, connection);
  }
  if (random_.chance(10)) return send(Typing{random_.chance(60)}, connection);
  if (random_.chance(8))
    return send(PostChat{random_.chance(50) ? "bad" : "good-message-id", random_.chance(50) ? "" : "\xFF", {}, false}, connection);
  const std::string number = std::to_string(++client.written);
  const std::string id = "message-" + number;
  const std::string text = "text " + number;
  client.unanswered.emplace(id, text);
  std::optional<Seq> reply_to;
  if (!log_.empty() && random_.chance(20)) reply_to = Seq{1};
  send(PostChat{id, text, reply_to, false}, connection);
}

// Mostly of late messages, sometimes of old ones, of ones that do not exist, and with what is no emoji.
void World::act_on_messages(ConnectionId connection) {
  const auto last = static_cast<std::int64_t>(log_.size());
  const Seq seq{random_.chance(70) ? last - random_.below(6) : random_.below(last + 3)};
  constexpr const char* emoji[] = {"\xF0\x9F\x91\x8D", "\xE2\x9D\xA4", "\xF0\x9F\x98\x82", "no"};
  const std::int64_t kind = random_.below(10);
  if (kind < 3) return send(EditChat{seq, random_.chance(5) ? "" : "edited " + std::to_string(random_.below(50))}, connection);
  if (kind < 4) return send(DeleteChat{seq}, connection);
  send(React{seq, emoji[random_.below(random_.chance(90) ? 3 : 4)], random_.chance(65)}, connection);
}

// One that runs just now, or did.
MediaRef World::some_stream() { return {MediaKind::stream, "/live/" + std::to_string(1 + random_.below(3)), "", 0, true}; }

void World::act_on_playback(ConnectionId connection) {
  const PlaybackState& seen = tabs_.at(connection).playback;
  std::optional<Revision> base = seen.rev;
  if (random_.chance(10)) base = Revision{seen.rev.value - 1};
  if (random_.chance(3)) base.reset();
  const std::string op = "op-" + std::to_string(random_.below(1'000));
  const std::int64_t position_ms = random_.chance(5) ? -1 : seen.position_at(now_ms_) + random_.below(2'000) - 500;
  switch (random_.below(9)) {
    case 0: {
      MediaRef media;
      media.url = "https://example.org/" + std::to_string(random_.below(5)) + ".mp4";
      media.start_ms = random_.below(60'000);
      if (random_.chance(25)) media = some_stream();
      return send(SetMedia{media, base, op}, connection);
    }
    case 1: return send(SetMedia{random_.chance(70) ? std::optional<MediaRef>(MediaRef{}) : std::nullopt, base, op}, connection);
    case 2: return send(PlaybackCommand{Command::play, std::max<std::int64_t>(position_ms, 0), 1.0, base, op}, connection);
    case 3: return send(PlaybackCommand{Command::pause, position_ms, 1.0, base, op}, connection);
    case 4: return send(PlaybackCommand{Command::seek, random_.below(100'000), 1.0, base, op}, connection);
    case 5: return send(PlaybackCommand{Command::rate, 0, static_cast<double>(random_.below(10)) / 4, base, op}, connection);
    case 6: return send(PlaybackCommand{static_cast<Command>(random_.below(9)), position_ms, 1.0, base, op}, connection);
    default: return send(Ready{seen.rev}, connection);
  }
}

void World::act_on_queue(ConnectionId connection) {
  const Tab& tab = tabs_.at(connection);
  const std::vector<QueueItem>& items = tab.queue.queue.items;
  const ItemId item = items.empty() || random_.chance(10)
                          ? ItemId{random_.below(40)}
                          : items.at(static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(items.size())))).id;
  const Revision rev = random_.chance(10) ? Revision{tab.playback.rev.value - 1} : tab.playback.rev;
  switch (random_.below(14)) {
    case 0: return send(QueueMove{item, random_.chance(50) ? std::optional<ItemId>(ItemId{random_.below(20)}) : std::nullopt}, connection);
    case 1: return send(QueueRemove{item}, connection);
    case 2: return send(QueuePlay{item, rev, "op"}, connection);
    case 3: return send(QueueSkip{rev, "op"}, connection);
    case 4: return random_.chance(20) ? send(QueueClear{}, connection) : send(QueueShuffle{}, connection);
    case 5: return send(QueueSettings{random_.chance(50), static_cast<Loop>(random_.below(3))}, connection);
    case 6: return send(VoteSkip{rev, random_.chance(80)}, connection);
    case 7:
    case 8: return send(Ended{rev}, connection);
    case 9: return send(Undo{random_.below(60)}, connection);
    default: {
      MediaRef media;
      media.url = "https://example.org/" + std::to_string(random_.below(9)) + ".mp4";
      if (random_.chance(20)) media = some_stream();
      return send(QueueAdd{media, random_.chance(5) ? "a\nb" : "title", random_.chance(20)}, connection);
    }
  }
}

void World::report(ConnectionId connection) {
  constexpr const char* states[] = {"playing", "paused", "buffering", "ad", "blocked", "failed", "hidden", "alone", "buffering", "dancing"};
  switch (random_.below(4)) {
    case 0: return send(RoundTrip{random_.below(700)}, connection);
    case 1: return send(Signal{std::to_string(random_.below(100))}, connection);
    default:
      return send(Status{random_.below(100'000), random_.below(10'000), states[random_.below(10)], random_.below(200) - 100}, connection);
  }
}

// The media tell the room's whole live state, often the same again.
void World::media_tell() {
  if (random_.chance(60)) {
    live_.desktops = random_.below(3);
    live_.streams.resize(static_cast<std::size_t>(random_.below(3)));
    for (LiveStream& stream : live_.streams) {
      stream.id = 1 + random_.below(3);
      stream.viewers = random_.below(2);
      stream.forms = {LiveForm::ts, LiveForm::hls};
    }
  }
  handle(SetLive{live_}, {}, {});
}

void World::act_on_people(ConnectionId connection) {
  const PersonId target = somebody().id;
  switch (random_.below(11)) {
    case 0: return send(SetRole{target, static_cast<Role>(random_.below(4))}, connection);
    case 1:
    case 2: return send(RemovePerson{target}, connection);
    case 3: return send(Block{target}, connection);
    case 4:
    case 5:
    case 6: return send(Unblock{target}, connection);
    case 7: return send(Silence{target, random_.below(20'000), random_.chance(60)}, connection);
    case 8: {
      ChangeSettings change;
      if (random_.chance(50)) change.policy = static_cast<WaitPolicy>(random_.below(3));
      if (random_.chance(20)) change.preset = static_cast<Preset>(random_.below(4));
      if (random_.chance(10)) change.slow_ms = random_.chance(50) ? 0 : random_.below(3'000);
      if (random_.chance(20)) change.name = "name " + std::to_string(random_.below(10));
      return send(change, connection);
    }
    case 9: return act_on_access(connection);
    default: return handle(Renamed{target, "person " + std::to_string(random_.below(5)), PersonKind::account}, {}, {});
  }
}

void World::act_on_access(ConnectionId connection) {
  if (random_.chance(20)) return send(NewCode{}, connection);
  ChangeSettings change;
  change.access = random_.chance(50) ? Access::open : static_cast<Access>(random_.below(4));
  if (change.access == Access::password) change.password_hash = "hash of the right one";
  send(change, connection);
}

}  // namespace matinee::rooms::sim
