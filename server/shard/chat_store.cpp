#include "server/shard/chat_store.h"

#include <algorithm>
#include <limits>
#include <utility>
#include "server/shard/context.h"
#include "server/shard/room_opening.h"

namespace matinee::shard {

ChatStore::ChatStore(ShardContext& context, seams::RoomWriter writer, std::weak_ptr<void> alive, Listener listener)
    : context_(context), writer_(writer), alive_(std::move(alive)), listener_(std::move(listener)) {}

void ChatStore::append(const rooms::Store& store) { append(append_from(store, writer_), store.message.seq, {}); }

void ChatStore::append(const rooms::StoreChange& store) { append(append_from(store, writer_), {}, store.change.number); }

void ChatStore::append(seams::AppendRequest request, rooms::Seq seq, rooms::ChangeNumber change) {
  if (lost_) return;
  const std::uint64_t ticket = ++last_ticket_;
  under_way_.push_back({ticket, seq, change});
  context_.parts.log.append(std::move(request), context_.executor, [this, ticket, alive = alive_](seams::AppendOutcome outcome) {
    if (const auto host = alive.lock()) heard(ticket, outcome);
  });
}

void ChatStore::heard(std::uint64_t ticket, const seams::AppendOutcome& outcome) {
  using What = seams::AppendOutcome::What;
  const auto found = std::find_if(under_way_.begin(), under_way_.end(), [&](const Append& a) { return a.ticket == ticket; });
  const bool forgotten = found == under_way_.end();  // its number was taken back meanwhile
  if (lost_ || (forgotten && outcome.what != What::fenced)) return;
  const Append done = forgotten ? Append{ticket, {}, {}} : *found;
  switch (outcome.what) {
    case What::appended:
      under_way_.erase(found);
      if (done.change) return listener_.outcome(rooms::ChangeStored{done.change});
      ++context_.counters.stored;
      return listener_.outcome(rooms::Stored{done.seq});
    case What::duplicate: under_way_.erase(found); return listener_.outcome(rooms::StoredVoid{done.seq, outcome.seq});
    case What::unavailable: return fail_from(found);
    case What::conflict:
    case What::fenced: break;
  }
  lost_ = true;
  if (!under_way_.empty()) fail_from(under_way_.begin());
  listener_.lost();
}

// The first message and the first change from there on say where the room takes back from; there may be none of one sort.
void ChatStore::fail_from(UnderWay::iterator first) {
  rooms::StoreFailed failed{rooms::Seq{std::numeric_limits<std::int64_t>::max()}};
  for (auto append = first; append != under_way_.end(); ++append) {
    ++context_.counters.store_failures;
    if (append->change && !failed.change_from) failed.change_from = append->change;
    if (append->seq) failed.from = std::min(failed.from, append->seq);
  }
  under_way_.erase(first, under_way_.end());
  listener_.outcome(failed);
}

}  // namespace matinee::shard
