#include "tests/sim/world.h"
#include <algorithm>
#include "tests/sim/digest.h"

namespace matinee::rooms::sim {
namespace {

constexpr std::int64_t people = 10;

PersonId owner() { return PersonId{1}; }
const std::string right_hash = "hash of the right one";

}  // namespace

World::World(std::uint64_t seed) : random_(seed) {
  for (std::int64_t i = 1; i <= people; ++i) {
    Client client;
    client.id = PersonId{i};
    client.kind = i > 7 ? PersonKind::guest : PersonKind::account;
    clients_.push_back(std::move(client));
  }
  RoomSnapshot snapshot;
  snapshot.info.owner = owner();
  snapshot.info.grants = grants_of(Preset::friends);
  snapshot.info.policy = static_cast<WaitPolicy>(random_.below(3));
  snapshot.roles = {{owner(), Role::owner}, {PersonId{2}, Role::moderator}};
  snapshot.saved_at_ms = now_ms_;
  RoomOptions options;
  options.epoch = ++epoch_;
  open_room(std::move(snapshot), std::move(options));
}

void World::open_room(RoomSnapshot snapshot, RoomOptions options) {
  room_ = std::make_unique<Room>(snapshot, options, now_ms_);
  saved_ = snapshot;
  opened_with_ = std::move(snapshot);
  opened_with_options_ = std::move(options);
  opened_at_ms_ = now_ms_;
  history_.clear();
  digest_ = 0;
  shown_.clear();
  timers_.clear();
  last_rev_ = Revision{};
  askers_.clear();
  live_ = {};
}

// kill -9: some of what was on its way to the store is stored all the same, and nobody was told.
void World::restart() {
  check_replay();
  ++counts_.restarts;
  for (std::int64_t stored = random_.below(4); stored > 0 && !store_queue_.empty(); --stored) {
    write(store_queue_.front());
    store_queue_.pop_front();
  }
  store_queue_.clear();
  asks_.clear();
  reads_.clear();
  network_.clear();
  while (!tabs_.empty()) disconnect(tabs_.begin()->first);
  for (Client& client : clients_) client.gone_since_ms = client.player_gone_since_ms = -1;
  now_ms_ += random_.below(100'000);
  RoomOptions options;
  options.epoch = ++epoch_;
  options.last_seq = Seq{static_cast<std::int64_t>(log_.size())};
  options.last_change = last_change_;
  for (const Row& row : log_) {
    if (!row.voided) options.recent.push_back(row.message);
  }
  const std::size_t kept = static_cast<std::size_t>(random_.below(30));  // a small memory makes the log be asked
  if (options.recent.size() > kept) options.recent.erase(options.recent.begin(), options.recent.end() - static_cast<std::ptrdiff_t>(kept));
  open_room(saved_, std::move(options));
}

void World::handle(const Event& event, PersonId actor, Ref ref) {
  Context context{now_ms_, actor, std::move(ref)};
  was_inside_ = room_->participant(actor) != nullptr;
  EffectList effects;
  room_->handle(event, context, effects);
  digest_ = digest_of(effects, digest_);
  history_.push_back({event, std::move(context)});
  if (effects.size() > 64) throw Broken("one event had more than 64 effects");
  for (const Effect& effect : effects) carry_out(effect);
}

void World::check_replay() const {
  Room again(opened_with_, opened_with_options_, opened_at_ms_);
  std::uint64_t digest = 0;
  EffectList effects;
  for (const Recorded& recorded : history_) {
    effects.clear();
    again.handle(recorded.event, recorded.context, effects);
    digest = digest_of(effects, digest);
  }
  if (digest != digest_) throw Broken("the recorded history gave other effects");
}

void World::carry_out(const Effect& effect) {
  if (const auto* push = std::get_if<Push>(&effect)) {
    if (const auto tab = tabs_.find(push->connection); tab != tabs_.end()) deliver(tab->second, push->message, false);
  } else if (const auto* to_person = std::get_if<PushPerson>(&effect)) {
    if (const auto* knocked = std::get_if<KnockedPeople>(&to_person->message)) {
      askers_.clear();
      for (const Person& asker : knocked->people) askers_.push_back(asker.id);
    }
    for (const ConnectionId id : tabs_of(to_person->person)) {
      if (tabs_.at(id).admitted) deliver(tabs_.at(id), to_person->message, false);
    }
  } else if (const auto* broadcast = std::get_if<Broadcast>(&effect)) {
    if (const auto* message = std::get_if<ChatMessage>(&broadcast->message)) {
      check_shown(*message);
      ++counts_.shown;
      if (!shown_.insert({message->author, message->id}).second) throw Broken("a message was shown twice");
    }
    for (auto& [id, tab] : tabs_) {
      if (tab.admitted) deliver(tab, broadcast->message, true);
    }
  } else if (const auto* admit = std::get_if<Admit>(&effect)) {
    if (is_blocked(admit->person)) throw Broken("somebody who is blocked was admitted");
    check_entrance(admit->person);
    if (const auto tab = tabs_.find(admit->connection); tab != tabs_.end()) tab->second.admitted = true;
  } else if (const auto* answer = std::get_if<Answer>(&effect)) {
    counts_.let_in += answer->message.on ? 1 : 0;
    for (const ConnectionId id : tabs_of(answer->person)) {
      if (answer->message.on && !tabs_.at(id).admitted) network_.push_back({join_of(tabs_.at(id)), answer->person, Ref{id, ""}});
    }
  } else if (const auto* draw = std::get_if<DrawCode>(&effect)) {
    ++counts_.codes;
    network_.push_back({CodeChanged{"CODE" + std::to_string(counts_.codes)}, draw->by, draw->ref});
  } else if (const auto* store = std::get_if<Store>(&effect)) {
    store_queue_.emplace_back(store->message);
  } else if (const auto* change = std::get_if<StoreChange>(&effect)) {
    store_queue_.emplace_back(change->change);
  } else if (const auto* read = std::get_if<AskMessage>(&effect)) {
    ++counts_.read_again;
    const ChatMessage* message = stored(read->seq);
    reads_.push_back({read->seq, message == nullptr ? std::nullopt : std::optional(*message), random_.chance(10)});
  } else if (const auto* ask = std::get_if<AskLog>(&effect)) {
    ++counts_.asked;
    const auto row = index_.find({ask->author, ask->post.id});
    asks_.push_back({*ask, row == index_.end() ? std::nullopt : std::optional(*stored(row->second))});
  } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    if (timer->at_ms == 0) timers_.erase(timer->id);
    else timers_[timer->id] = timer->at_ms;
  } else if (const auto* gone = std::get_if<Disconnect>(&effect)) {
    ++counts_.disconnected;
    for (const ConnectionId id : tabs_of(gone->person)) disconnect(id);
  } else if (std::holds_alternative<SaveRoom>(effect)) {
    saved_ = room_->snapshot(now_ms_);
  } else if (const auto* error = std::get_if<ReplyError>(&effect)) {
    at_door(*error);
    refused(*error);
  }
}

Join World::join_of(const Tab& tab) const {
  const Client& client = clients_.at(static_cast<std::size_t>(tab.person.value - 1));
  return {Person{client.id, "person", client.kind, client.kind == PersonKind::guest}, tab.since, tab.plays};
}

// What a page does when the room stops it: gives a password, not always the right one, or asks to be let in.
void World::at_door(const ReplyError& error) {
  const auto tab = tabs_.find(error.ref.connection);
  if (tab == tabs_.end() || tab->second.admitted) return;
  const PersonId person = tab->second.person;
  if (error.error.code == ErrorCode::password_needed || error.error.code == ErrorCode::wrong_password) {
    ++counts_.stopped;
    Join join = join_of(tab->second);
    join.proven = random_.chance(80) ? right_hash : "";
    network_.push_back({std::move(join), person, Ref{error.ref.connection, ""}});
  } else if (error.error.code == ErrorCode::ask_first) {
    ++counts_.stopped;
    network_.push_back({Knock{join_of(tab->second).person}, person, Ref{error.ref.connection, ""}});
  }
}

void World::answer_door() {
  const auto tabs = tabs_of(room_->info().owner);
  if (tabs.empty()) return;
  if (random_.chance(5)) return act_on_access(tabs.front());
  if (askers_.empty()) return;
  const PersonId asker = askers_.at(static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(askers_.size()))));
  send(LetIn{asker, random_.chance(85)}, tabs.front());
}

const ChatMessage* World::stored(Seq seq) const {
  const auto index = static_cast<std::size_t>(seq.value) - 1;
  return index < log_.size() && !log_[index].voided ? &log_[index].message : nullptr;
}

std::optional<Seq> World::write(const Append& append) {
  if (const auto* change = std::get_if<MessageChange>(&append)) {
    if (change->number.value != last_change_.value + 1) throw Broken("a change was stored under a number that is not the next");
    if (stored(change->seq) == nullptr) throw Broken("a change of a message that does not exist was stored");
    ChatMessage& message = log_[static_cast<std::size_t>(change->seq.value) - 1].message;
    if (message.deleted && change->what != ChangeKind::removal) throw Broken("a deleted message was changed");
    apply(*change, message);
    last_change_ = change->number;
    return std::nullopt;
  }
  const auto& message = std::get<ChatMessage>(append);
  if (message.seq.value != static_cast<std::int64_t>(log_.size()) + 1)
    throw Broken("a message was stored under a number that is not the next");
  const auto earlier = index_.find({message.author, message.id});
  const bool repeat = earlier != index_.end();
  log_.push_back({message, repeat});
  if (repeat) return earlier->second;
  index_[{message.author, message.id}] = message.seq;
  return std::nullopt;
}

void World::commit_front() {
  const Append append = store_queue_.front();
  store_queue_.pop_front();
  const auto earlier = write(append);
  if (const auto* change = std::get_if<MessageChange>(&append)) return handle(ChangeStored{change->number}, {}, {});
  const Seq seq = std::get<ChatMessage>(append).seq;
  if (!earlier) return handle(Stored{seq}, {}, {});
  ++counts_.voided;
  handle(StoredVoid{seq, *earlier}, {}, {});
}

void World::answer_asks() {
  if (!asks_.empty()) {
    const Asked asked = asks_.front();
    asks_.pop_front();
    handle(FoundRepeat{asked.ask.post, asked.found}, asked.ask.author, asked.ask.ref);
  }
  if (!reads_.empty()) {
    FoundMessage found = reads_.front();
    reads_.pop_front();
    if (found.failed) found.message.reset();
    handle(found, {}, {});
  }
}

void World::store_step() {
  if (random_.chance(40)) answer_asks();
  if (store_queue_.empty() || random_.chance(40)) return;
  if (random_.chance(85)) {
    for (std::int64_t group = 1 + random_.below(3); group > 0 && !store_queue_.empty(); --group) commit_front();
    return;
  }
  // A full disk fails all that waits; a full queue only the newest, while older ones are still under way.
  fail_from(random_.chance(50) ? store_queue_.begin() : store_queue_.end() - 1);
}

void World::fail_from(std::deque<Append>::iterator first) {
  counts_.refused_by_store += static_cast<int>(store_queue_.end() - first);
  StoreFailed failed{Seq{1'000'000}};
  for (auto append = store_queue_.end(); append != first;) {
    --append;
    if (const auto* message = std::get_if<ChatMessage>(&*append)) failed.from = message->seq;
    else failed.change_from = std::get<MessageChange>(*append).number;
  }
  store_queue_.erase(first, store_queue_.end());
  handle(failed, {}, {});
}

void World::fire_timers() {
  std::vector<std::int64_t> due;
  for (const auto& [id, at_ms] : timers_) {
    if (at_ms <= now_ms_) due.push_back(id);
  }
  for (const std::int64_t id : due) {
    timers_.erase(id);
    handle(TimerFired{id}, {}, {});
  }
  if (random_.chance(2)) handle(TimerFired{random_.below(12)}, {}, {});  // one that nobody set
}

void World::send(Event event, ConnectionId connection) {
  const auto tab = tabs_.find(connection);
  if (tab == tabs_.end()) return;
  network_.push_back({std::move(event), tab->second.person, Ref{connection, random_.chance(50) ? "ref" : ""}});
}

// At the door a page may come in, ask and stop asking; anything else the shard refuses before the room hears of it (not_joined).
void World::arrive(const Input& input) {
  const auto tab = tabs_.find(input.ref.connection);
  const bool at_door = tab != tabs_.end() && !tab->second.admitted;
  const bool for_the_door = std::holds_alternative<Join>(input.event) || std::holds_alternative<Knock>(input.event) ||
                            std::holds_alternative<StopAsking>(input.event);
  if (at_door && !for_the_door) return;
  handle(input.event, input.actor, input.ref);
}

// Delivers something from anywhere in the queue: late, twice, or never.
void World::network_step() {
  if (network_.empty()) return;
  const auto at = network_.begin() + random_.below(static_cast<std::int64_t>(std::min<std::size_t>(network_.size(), 4)));
  const Input input = *at;
  const bool twice = random_.chance(8);
  if (!twice) network_.erase(at);
  if (random_.chance(5)) return;
  arrive(input);
}

void World::absences() {
  for (Client& client : clients_) {
    if (client.gone_since_ms >= 0 && now_ms_ - client.gone_since_ms >= limits::absence_ms) {
      client.gone_since_ms = client.player_gone_since_ms = -1;
      handle(Leave{client.id}, {}, {});
      handle(StopAsking{client.id}, {}, {});
    } else if (client.gone_since_ms < 0 && client.player_gone_since_ms >= 0 &&
               now_ms_ - client.player_gone_since_ms >= limits::absence_ms) {
      ++counts_.players_gone;
      client.player_gone_since_ms = -1;
      handle(PlayerGone{client.id}, {}, {});
    }
  }
}

void World::connect(Client& client) {
  if (tabs_of(client.id).size() >= 3) return;
  const ConnectionId connection{++last_connection_};
  Tab tab;
  tab.person = client.id;
  if (random_.chance(80)) tab.since = client.since;
  if (tab.since) tab.lines = client.lines;
  client.gone_since_ms = -1;
  tab.plays = random_.chance(75);
  if (tab.plays) client.player_gone_since_ms = -1;
  const Join join = join_of(tab);
  tabs_.emplace(connection, std::move(tab));
  handle(join, client.id, Ref{connection, ""});
  // Whoever comes back sends again what was never answered.
  for (const auto& [id, text] : client.unanswered) send(PostChat{id, text, {}, true}, connection);
}

void World::disconnect(ConnectionId connection) {
  const auto found = tabs_.find(connection);
  if (found == tabs_.end()) return;
  const Tab tab = found->second;
  tabs_.erase(found);
  std::erase_if(network_, [connection](const Input& input) { return input.ref.connection == connection; });
  Client& client = clients_.at(static_cast<std::size_t>(tab.person.value - 1));
  if (tab.welcomed) {
    client.since = Since{tab.epoch, tab.seen, tab.playback.rev, tab.change};
    client.lines = tab.lines;
  }
  if (tabs_of(tab.person).empty()) client.gone_since_ms = now_ms_;
  if (tab.plays && !has_player(tab.person)) client.player_gone_since_ms = now_ms_;
}

bool World::has_player(PersonId person) const {
  return std::any_of(tabs_.begin(), tabs_.end(),
                     [person](const auto& entry) { return entry.second.person == person && entry.second.plays; });
}

std::vector<ConnectionId> World::tabs_of(PersonId person) const {
  std::vector<ConnectionId> found;
  for (const auto& [id, tab] : tabs_) {
    if (tab.person == person) found.push_back(id);
  }
  return found;
}

bool World::is_blocked(PersonId person) const {
  const auto blocks = room_->snapshot(now_ms_).blocks;
  return std::any_of(blocks.begin(), blocks.end(), [person](const auto& entry) { return entry.person == person; });
}

void World::step() {
  now_ms_ += random_.below(random_.chance(5) ? 12'000 : 250);
  fire_timers();
  absences();
  if (random_.chance(60)) somebody_acts();
  if (random_.chance(5)) media_tell();
  if (random_.chance(30)) answer_door();
  network_step();
  network_step();
  store_step();
  check_room();
  if (random_.below(250) == 0) restart();
}

// The owner comes and lets everybody in.
void World::open_door() {
  Client& host = clients_.at(static_cast<std::size_t>(room_->info().owner.value - 1));
  now_ms_ += 5'000;
  if (room_->participant(host.id) == nullptr) {
    for (const ConnectionId tab : tabs_of(host.id)) disconnect(tab);
    connect(host);
  }
  ChangeSettings change;
  change.access = Access::open;
  handle(change, host.id, {});
}

// Whoever was stopped at the door tries again.
void World::come_again() {
  std::vector<ConnectionId> outside;
  for (const auto& [id, tab] : tabs_) {
    if (!tab.admitted) outside.push_back(id);
  }
  for (const ConnectionId id : outside) disconnect(id);
}

void World::heal() {
  open_door();
  for (int round = 0; round < 40; ++round) {
    come_again();
    for (Client& client : clients_) {
      if (tabs_of(client.id).empty() && !is_blocked(client.id)) connect(client);
      for (const ConnectionId tab : tabs_of(client.id)) {
        for (const auto& [id, text] : client.unanswered) {
          if (round % 4 == 0) send(PostChat{id, text, {}, true}, tab);
        }
        break;
      }
    }
    while (!network_.empty()) {
      const Input input = network_.front();
      network_.erase(network_.begin());
      arrive(input);
    }
    while (!asks_.empty() || !reads_.empty()) answer_asks();
    while (!store_queue_.empty()) commit_front();
    now_ms_ += 5'000;
    fire_timers();
    absences();
    check_room();
  }
}

}  // namespace matinee::rooms::sim
