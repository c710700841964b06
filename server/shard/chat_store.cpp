#include "server/shard/chat_store.h"

#include <algorithm>
#include "server/shard/context.h"
#include "server/shard/room_opening.h"

namespace matinee::shard {

ChatStore::ChatStore(ShardContext& context, seams::RoomWriter writer, std::weak_ptr<void> alive, Listener listener)
    : context_(context), writer_(writer), alive_(std::move(alive)), listener_(std::move(listener)) {}

void ChatStore::append(const rooms::Store& store) {
  if (lost_) return;
  const std::uint64_t ticket = ++last_ticket_;
  under_way_.push_back({ticket, store.message.seq});
  context_.parts.log.append(append_from(store, writer_), context_.executor, [this, ticket, alive = alive_](seams::AppendOutcome outcome) {
    if (const auto host = alive.lock()) heard(ticket, outcome);
  });
}

void ChatStore::heard(std::uint64_t ticket, const seams::AppendOutcome& outcome) {
  using What = seams::AppendOutcome::What;
  const auto found = std::find_if(under_way_.begin(), under_way_.end(), [&](const Append& a) { return a.ticket == ticket; });
  const bool forgotten = found == under_way_.end();  // its number was taken back meanwhile
  if (lost_ || (forgotten && outcome.what != What::fenced)) return;
  const rooms::Seq seq = forgotten ? rooms::Seq{} : found->seq;
  switch (outcome.what) {
    case What::appended:
      under_way_.erase(found);
      ++context_.counters.stored;
      return listener_.outcome(rooms::Stored{seq});
    case What::duplicate: under_way_.erase(found); return listener_.outcome(rooms::StoredVoid{seq, outcome.seq});
    case What::unavailable: return fail_from(seq);
    case What::conflict:
    case What::fenced: break;
  }
  lost_ = true;
  if (!under_way_.empty()) fail_from(under_way_.front().seq);
  listener_.lost();
}

void ChatStore::fail_from(rooms::Seq seq) {
  context_.counters.store_failures +=
      static_cast<std::uint64_t>(std::count_if(under_way_.begin(), under_way_.end(), [&](const Append& a) { return a.seq >= seq; }));
  std::erase_if(under_way_, [&](const Append& a) { return a.seq >= seq; });
  listener_.outcome(rooms::StoreFailed{seq});
}

}  // namespace matinee::shard
