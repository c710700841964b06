#include "rooms/chat_log.h"
#include <algorithm>
#include <iterator>
#include <set>
#include "rooms/limits.h"
#include "rooms/room.h"

namespace matinee::rooms {
namespace {

std::size_t encoded_bytes(const std::vector<Reaction>& reactions) {
  constexpr std::size_t fields_bytes = 40;
  constexpr std::size_t person_bytes = 19;
  std::size_t bytes = 0;
  for (const Reaction& reaction : reactions)
    bytes += fields_bytes + reaction.emoji.size() + person_bytes * std::min(reaction.people.size(), limits::reaction_people_told);
  return bytes;
}

// What a message takes at most in a welcome: the escaped text and the fixed fields around it.
std::size_t encoded_bytes(const ChatMessage& message) {
  constexpr std::size_t fields_bytes = 256;
  const auto escaped = [](const std::string& text) {
    const auto is_escaped = [](char c) { return c == '"' || c == '\\' || c == '\n' || c == '\t'; };
    return text.size() + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_escaped));
  };
  return fields_bytes + message.id.size() + escaped(message.author_name) + escaped(message.text) + escaped(message.media_url) +
         encoded_bytes(message.reactions);
}

Seq seq_of(const Pending& pending) {
  const auto* message = std::get_if<ChatMessage>(&pending.what);
  return message == nullptr ? Seq{} : message->seq;
}

ChangeNumber change_of(const Pending& pending) {
  const auto* change = std::get_if<MessageChange>(&pending.what);
  return change == nullptr ? ChangeNumber{} : change->number;
}

}  // namespace

ChatLog::ChatLog(const RoomOptions& options)
    : committed_(options.last_seq), last_(options.last_seq), committed_change_(options.last_change), last_change_(options.last_change) {
  for (const auto& [author, id] : options.remembered) remember({author, id}, Seq{});
  for (const ChatMessage& message : options.recent) {
    remember({message.author, message.id}, message.seq);
    recent_.push_back(message);
    if (recent_.size() > limits::recent_messages_max) recent_.pop_front();
  }
}

void ChatLog::remember(Key key, Seq seq) {
  const auto found = known_.find(key);
  if (found != known_.end() && std::find(remembered_.begin(), remembered_.end(), key) != remembered_.end()) {
    found->second = seq;
    return;
  }
  known_[key] = seq;
  remembered_.push_back(std::move(key));
  if (remembered_.size() <= limits::remembered_ids) return;
  known_.erase(remembered_.front());
  remembered_.pop_front();
}

ChatLog::Lookup ChatLog::find(PersonId author, const std::string& id) const {
  const auto found = known_.find(Key{author, id});
  if (found == known_.end()) return {};
  if (found->second > committed_) return {Repeat::pending, nullptr};
  if (const ChatMessage* message = recent_at(found->second)) return {Repeat::recent, message};
  return {Repeat::stored, nullptr};
}

const ChatMessage* ChatLog::recent_at(Seq seq) const {
  const auto found =
      std::lower_bound(recent_.begin(), recent_.end(), seq, [](const ChatMessage& message, Seq wanted) { return message.seq < wanted; });
  return found != recent_.end() && found->seq == seq ? &*found : nullptr;
}

std::optional<std::string> ChatLog::name_of_author(PersonId author) const {
  const auto found =
      std::find_if(recent_.rbegin(), recent_.rend(), [author](const ChatMessage& message) { return message.author == author; });
  if (found == recent_.rend()) return std::nullopt;
  return found->author_name;
}

const ChatMessage* ChatLog::at_hand(Seq seq) const {
  if (const ChatMessage* message = recent_at(seq)) return message;
  const auto found = std::find_if(older_.begin(), older_.end(), [seq](const ChatMessage& message) { return message.seq == seq; });
  return found == older_.end() ? nullptr : &*found;
}

ChatMessage* ChatLog::at_hand(Seq seq) { return const_cast<ChatMessage*>(std::as_const(*this).at_hand(seq)); }

bool ChatLog::is_changing(Seq seq) const {
  if (pending_changes_ == 0) return false;
  return std::any_of(pending_.begin(), pending_.end(), [seq](const Pending& pending) {
    const auto* change = std::get_if<MessageChange>(&pending.what);
    return change != nullptr && change->seq == seq;
  });
}

std::optional<ChatLog::Standing> ChatLog::standing(Seq seq) const {
  const ChatMessage* message = at_hand(seq);
  if (message == nullptr) return std::nullopt;
  Standing standing{message, false, message->deleted, &message->reactions};
  if (pending_changes_ == 0) return standing;
  for (const Pending& pending : pending_) {
    const auto* change = std::get_if<MessageChange>(&pending.what);
    if (change == nullptr || change->seq != seq) continue;
    standing.changing = true;
    if (change->what == ChangeKind::removal) standing.deleted = true;
    if (change->what == ChangeKind::reactions) standing.reactions = &change->reactions;
  }
  return standing;
}

void ChatLog::keep(ChatMessage older) {
  if (at_hand(older.seq) != nullptr) return;
  older_.push_back(std::move(older));
  const auto newest = std::prev(older_.end());
  for (auto oldest = older_.begin(); older_.size() > limits::changed_messages_kept && oldest != newest;) {
    if (is_changing(oldest->seq)) ++oldest;  // what is on its way to the log was made from it
    else oldest = older_.erase(oldest);
  }
}

const ChatMessage& ChatLog::number(ChatMessage message, Ref ref) {
  last_ = Seq{last_.value + 1};
  message.seq = last_;
  known_[Key{message.author, message.id}] = last_;
  return std::get<ChatMessage>(pending_.emplace_back(Pending{std::move(message), std::move(ref)}).what);
}

const MessageChange& ChatLog::number(MessageChange change, Ref ref) {
  last_change_ = ChangeNumber{last_change_.value + 1};
  change.number = last_change_;
  ++pending_changes_;
  return std::get<MessageChange>(pending_.emplace_back(Pending{std::move(change), std::move(ref)}).what);
}

ChatLog::Committed ChatLog::commit(ChatMessage message, Ref ref) {
  const ChatMessage& kept = recent_.emplace_back(std::move(message));
  committed_ = kept.seq;
  remember({kept.author, kept.id}, kept.seq);
  if (recent_.size() > limits::recent_messages_max) {
    if (is_changing(recent_.front().seq)) older_.splice(older_.end(), recent_, recent_.begin());
    else recent_.pop_front();
  }
  return {&kept, std::nullopt, std::move(ref)};
}

ChatLog::Committed ChatLog::commit(MessageChange change, Ref ref) {
  --pending_changes_;
  committed_change_ = change.number;
  ChatMessage* message = at_hand(change.seq);
  if (message != nullptr) apply(change, *message);
  changes_.push_back({change.number, change.seq});
  if (changes_.size() > limits::recent_changes_max) changes_.pop_front();
  return {message, std::move(change), std::move(ref)};
}

std::optional<ChatLog::Committed> ChatLog::commit_front() {
  Pending front = std::move(pending_.front());
  pending_.pop_front();
  return std::visit([&](auto&& what) { return commit(std::move(what), std::move(front.ref)); }, std::move(front.what));
}

// Both numbers rise along the line, so its first message and its first change tell.
std::optional<ChatLog::Committed> ChatLog::commit_next(Seq up_to) {
  const auto is_message = [](const Pending& pending) { return std::holds_alternative<ChatMessage>(pending.what); };
  const auto first = std::find_if(pending_.begin(), pending_.end(), is_message);
  return first != pending_.end() && seq_of(*first) <= up_to ? commit_front() : std::nullopt;
}

std::optional<ChatLog::Committed> ChatLog::commit_next(ChangeNumber up_to) {
  if (pending_changes_ == 0) return std::nullopt;
  const auto is_change = [](const Pending& pending) { return std::holds_alternative<MessageChange>(pending.what); };
  const auto first = std::find_if(pending_.begin(), pending_.end(), is_change);
  return change_of(*first) <= up_to ? commit_front() : std::nullopt;
}

std::optional<ChatLog::Voided> ChatLog::void_next(Seq seq, Seq original) {
  if (pending_.empty() || seq_of(pending_.front()) != seq) return std::nullopt;
  Voided repeat{std::get<ChatMessage>(std::move(pending_.front().what)), std::move(pending_.front().ref)};
  pending_.pop_front();
  committed_ = seq;
  remember({repeat.message.author, repeat.message.id}, original);
  return repeat;
}

std::vector<Pending> ChatLog::take_back(Seq from, std::optional<ChangeNumber> change_from) {
  const auto refused_first = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    if (std::holds_alternative<ChatMessage>(pending.what)) return seq_of(pending) >= from;
    return change_from && change_of(pending) >= *change_from;
  });
  std::vector<Pending> refused(std::make_move_iterator(refused_first), std::make_move_iterator(pending_.end()));
  pending_.erase(refused_first, pending_.end());
  for (const Pending& taken : refused) {
    if (const auto* message = std::get_if<ChatMessage>(&taken.what)) {
      known_.erase(Key{message->author, message->id});
      last_ = Seq{last_.value - 1};
    } else {
      last_change_ = ChangeNumber{last_change_.value - 1};
      --pending_changes_;
    }
  }
  return refused;
}

bool ChatLog::more_before(const std::vector<ChatMessage>& messages) const {
  return messages.empty() ? committed_.value > 0 : messages.front().seq.value > 1;
}

ChatLog::Page ChatLog::newest(std::size_t limit, std::size_t bytes_max) const {
  Page page;
  std::size_t bytes = 0;
  for (auto message = recent_.rbegin(); message != recent_.rend() && page.messages.size() < limit; ++message) {
    bytes += encoded_bytes(*message);
    if (bytes > bytes_max) break;
    page.messages.push_back(*message);
  }
  std::reverse(page.messages.begin(), page.messages.end());
  page.more_before = more_before(page.messages);
  return page;
}

std::optional<ChatLog::Page> ChatLog::after(Seq seen, std::optional<ChangeNumber> seen_change, std::size_t bytes_max) const {
  if (seen > committed_ || seen.value < 0) return std::nullopt;
  const bool nothing_missed = seen == committed_;
  const bool all_at_hand = !recent_.empty() && recent_.front().seq.value <= seen.value + 1;
  if (!nothing_missed && !all_at_hand) return std::nullopt;
  Page page;
  if (seen_change) {
    auto changed = changed_after(*seen_change, seen);
    if (!changed) return std::nullopt;
    page.changed = std::move(*changed);
  }
  std::size_t bytes = 0;
  for (const ChatMessage& message : page.changed) bytes += encoded_bytes(message);
  for (const ChatMessage& message : recent_) {
    if (message.seq <= seen) continue;
    bytes += encoded_bytes(message);
    if (bytes > bytes_max) return std::nullopt;
    page.messages.push_back(message);
  }
  if (bytes > bytes_max) return std::nullopt;
  page.more_before = more_before(page.messages);
  return page;
}

std::optional<std::vector<ChatMessage>> ChatLog::changed_after(ChangeNumber seen_change, Seq up_to) const {
  if (seen_change > committed_change_ || seen_change.value < 0) return std::nullopt;
  const bool all_known = seen_change == committed_change_ || (!changes_.empty() && changes_.front().number.value <= seen_change.value + 1);
  if (!all_known) return std::nullopt;
  std::set<Seq> seqs;
  for (const Changed& change : changes_) {
    if (change.number > seen_change && change.seq <= up_to) seqs.insert(change.seq);
  }
  std::vector<ChatMessage> changed;
  for (const Seq seq : seqs) {
    const ChatMessage* message = at_hand(seq);
    if (message == nullptr) return std::nullopt;
    changed.push_back(*message);
  }
  return changed;
}

}  // namespace matinee::rooms
