#include "rooms/chat_log.h"
#include <algorithm>
#include "rooms/limits.h"
#include "rooms/room.h"

namespace matinee::rooms {
namespace {

// What a message takes at most in a welcome: the escaped text and the fixed fields around it.
std::size_t encoded_bytes(const ChatMessage& message) {
  constexpr std::size_t fields_bytes = 256;
  const auto escaped = [](const std::string& text) {
    const auto is_escaped = [](char c) { return c == '"' || c == '\\' || c == '\n' || c == '\t'; };
    return text.size() + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_escaped));
  };
  return fields_bytes + message.id.size() + escaped(message.author_name) + escaped(message.text) + escaped(message.media_url);
}

}  // namespace

ChatLog::ChatLog(const RoomOptions& options) : committed_(options.last_seq), last_(options.last_seq) {
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

const ChatMessage& ChatLog::number(ChatMessage message, Ref ref) {
  last_ = Seq{last_.value + 1};
  message.seq = last_;
  known_[Key{message.author, message.id}] = last_;
  return pending_.emplace_back(PendingMessage{std::move(message), std::move(ref)}).message;
}

std::optional<ChatLog::Committed> ChatLog::commit_next(Seq up_to) {
  if (pending_.empty() || pending_.front().message.seq > up_to) return std::nullopt;
  Committed committed{nullptr, std::move(pending_.front().ref)};
  recent_.push_back(std::move(pending_.front().message));
  pending_.pop_front();
  if (recent_.size() > limits::recent_messages_max) recent_.pop_front();
  const ChatMessage& message = recent_.back();
  committed_ = message.seq;
  remember({message.author, message.id}, message.seq);
  committed.message = &message;
  return committed;
}

std::optional<PendingMessage> ChatLog::void_next(Seq seq, Seq original) {
  if (pending_.empty() || pending_.front().message.seq != seq) return std::nullopt;
  PendingMessage repeat = std::move(pending_.front());
  pending_.pop_front();
  committed_ = seq;
  remember({repeat.message.author, repeat.message.id}, original);
  return repeat;
}

std::vector<PendingMessage> ChatLog::take_back(Seq from) {
  std::vector<PendingMessage> refused;
  while (!pending_.empty() && pending_.back().message.seq >= from) {
    known_.erase(Key{pending_.back().message.author, pending_.back().message.id});
    refused.push_back(std::move(pending_.back()));
    pending_.pop_back();
    last_ = Seq{last_.value - 1};
  }
  std::reverse(refused.begin(), refused.end());
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

std::optional<ChatLog::Page> ChatLog::after(Seq seen, std::size_t bytes_max) const {
  if (seen > committed_ || seen.value < 0) return std::nullopt;
  const bool nothing_missed = seen == committed_;
  const bool all_at_hand = !recent_.empty() && recent_.front().seq.value <= seen.value + 1;
  if (!nothing_missed && !all_at_hand) return std::nullopt;
  Page page;
  std::size_t bytes = 0;
  for (const ChatMessage& message : recent_) {
    if (message.seq <= seen) continue;
    bytes += encoded_bytes(message);
    if (bytes > bytes_max) return std::nullopt;
    page.messages.push_back(message);
  }
  page.more_before = more_before(page.messages);
  return page;
}

}  // namespace matinee::rooms
