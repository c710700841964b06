#include "server/store/library_store.h"

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::LibraryItem;
using seams::LibraryPage;
using seams::LibraryQuota;
using seams::LibraryState;
using seams::LibraryStep;
using seams::LibraryUsage;
using seams::Result;
using seams::StoreError;
using seams::UserId;

std::int64_t number(LibraryState state) { return static_cast<std::int64_t>(state); }
constexpr auto going = static_cast<std::int64_t>(LibraryState::going);
constexpr auto ready = static_cast<std::int64_t>(LibraryState::ready);

#define MATINEE_LIBRARY_ROW                                                                                                            \
  "SELECT i.id, coalesce(i.owner, 0), coalesce(u.name, ''), i.title, i.state, i.size_bytes, i.source, i.note, i.type, i.duration_ms, " \
  "i.width, i.height, i.picture, i.created_ms, i.changed_ms FROM library AS i LEFT JOIN users AS u ON u.id = i.owner "

LibraryItem item_of(const Query& query) {
  return {.id = query.text(0),
          .owner = UserId{query.integer(1)},
          .owner_name = query.text(2),
          .title = query.text(3),
          .state = static_cast<LibraryState>(query.integer(4)),
          .size_bytes = query.integer(5),
          .source = query.text(6),
          .note = query.text(7),
          .facts = {.type = query.text(8),
                    .duration_ms = query.integer(9),
                    .width = query.integer(10),
                    .height = query.integer(11),
                    .picture = query.integer(12) != 0},
          .created_at_ms = query.integer(13),
          .changed_at_ms = query.integer(14)};
}

std::vector<LibraryItem> items_of(Query& query) {
  std::vector<LibraryItem> items;
  while (query.next()) items.push_back(item_of(query));
  return items;
}

LibraryUsage usage_of(Connection& db, UserId owner) {
  Query query(db,
              "SELECT coalesce(sum(CASE WHEN owner = ?1 THEN size_bytes ELSE 0 END), 0), coalesce(sum(size_bytes), 0), count(*), "
              "coalesce(sum(owner = ?1), 0) FROM library WHERE state <> ?2",
              owner, going);
  if (!query.next()) return {};
  return {query.integer(0), query.integer(1), query.integer(2), query.integer(3)};
}

// Whether so many more bytes of this owner fit.
Result<void> check_bytes(const LibraryUsage& used, const LibraryQuota& quota, UserId owner, std::int64_t more) {
  if (more > quota.all_bytes - used.all_bytes) return tl::unexpected(StoreError::quota_all);
  if (owner.value != 0 && more > quota.person_bytes - used.person_bytes) return tl::unexpected(StoreError::quota_person);
  return {};
}

Result<void> add_item(Connection& db, const LibraryItem& item, const LibraryQuota& quota) {
  const LibraryUsage used = usage_of(db, item.owner);
  if (used.items >= quota.items) return tl::unexpected(StoreError::quota_all);
  if (item.owner.value != 0 && used.person_items >= quota.person_items) return tl::unexpected(StoreError::quota_person);
  if (auto fits = check_bytes(used, quota, item.owner, item.size_bytes); !fits) return fits;
  {
    Query query(db, "SELECT 1 FROM library WHERE id = ?1", item.id);
    if (query.next()) return tl::unexpected(StoreError::id_taken);
  }
  Query(db,
        "INSERT INTO library (id, owner, title, state, size_bytes, source, created_ms, changed_ms) VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, "
        "?6, ?7, ?7)",
        item.id, item.owner, item.title, number(item.state), item.size_bytes, item.source, item.created_at_ms)
      .run();
  return {};
}

Result<void> resize_item(Connection& db, const std::string& id, std::int64_t size_bytes, const LibraryQuota& quota) {
  UserId owner;
  std::int64_t before = 0;
  {
    Query query(db, "SELECT coalesce(owner, 0), size_bytes FROM library WHERE id = ?1 AND state <> ?2", id, going);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    owner = UserId{query.integer(0)};
    before = query.integer(1);
  }
  // A quota that was made smaller meanwhile takes nothing away.
  if (size_bytes > before) {
    if (auto fits = check_bytes(usage_of(db, owner), quota, owner, size_bytes - before); !fits) return fits;
  }
  Query(db, "UPDATE library SET size_bytes = ?2 WHERE id = ?1", id, size_bytes).run();
  return {};
}

int take_step(Connection& db, const LibraryStep& step) {
  const bool refused = step.to == LibraryState::refused;
  return Query(db,
               "UPDATE library SET state = ?3, type = ?4, duration_ms = ?5, width = ?6, height = ?7, picture = ?8, note = ?9, changed_ms = "
               "?10, "
               "size_bytes = CASE WHEN ?11 THEN 0 ELSE size_bytes END WHERE id = ?1 AND state = ?2",
               step.id, number(step.from), number(step.to), step.facts.type, step.facts.duration_ms, step.facts.width, step.facts.height,
               step.facts.picture, step.note, step.at_ms, refused)
      .run();
}

}  // namespace

void SqliteLibraryStore::add(LibraryItem item, LibraryQuota quota, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done),
                      [item = std::move(item), quota](Write& write) -> Result<void> { return add_item(write.db, item, quota); });
}

void SqliteLibraryStore::find(std::string id, Executor executor, Done<LibraryItem> done) {
  readers_.read<LibraryItem>(std::move(executor), std::move(done), [id = std::move(id)](Connection& db) -> Result<LibraryItem> {
    Query query(db, MATINEE_LIBRARY_ROW "WHERE i.id = ?1 AND i.state <> ?2", id, going);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    return item_of(query);
  });
}

void SqliteLibraryStore::list(UserId viewer, std::size_t offset, std::size_t limit, Executor executor, Done<LibraryPage> done) {
  const auto from = static_cast<std::int64_t>(offset);
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<LibraryPage>(std::move(executor), std::move(done), [viewer, from, most](Connection& db) -> Result<LibraryPage> {
    Query query(db,
                MATINEE_LIBRARY_ROW
                "WHERE i.state = ?2 OR (i.owner = ?1 AND i.state <> ?3) ORDER BY i.created_ms DESC, i.id LIMIT ?4 OFFSET ?5",
                viewer, ready, going, most + 1, from);
    LibraryPage page{items_of(query), false};
    page.more = page.items.size() > static_cast<std::size_t>(most);
    if (page.more) page.items.pop_back();
    return page;
  });
}

void SqliteLibraryStore::unfinished(std::size_t limit, Executor executor, Done<std::vector<LibraryItem>> done) {
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<std::vector<LibraryItem>>(std::move(executor), std::move(done), [most](Connection& db) -> Result<std::vector<LibraryItem>> {
    Query query(db, MATINEE_LIBRARY_ROW "WHERE i.state <> ?1 ORDER BY i.changed_ms, i.id LIMIT ?2", ready, most);
    return items_of(query);
  });
}

void SqliteLibraryStore::usage(UserId owner, Executor executor, Done<LibraryUsage> done) {
  readers_.read<LibraryUsage>(std::move(executor), std::move(done),
                              [owner](Connection& db) -> Result<LibraryUsage> { return usage_of(db, owner); });
}

// For what changes one row: not_found when there is none.
void SqliteLibraryStore::change(Executor executor, Done<void> done, std::function<int(Connection&)> rows) {
  writer_.write<void>(std::move(executor), std::move(done), [rows = std::move(rows)](Write& write) -> Result<void> {
    if (rows(write.db) == 0) return tl::unexpected(StoreError::not_found);
    return {};
  });
}

void SqliteLibraryStore::advance(LibraryStep step, Executor executor, Done<void> done) {
  change(std::move(executor), std::move(done), [step = std::move(step)](Connection& db) { return take_step(db, step); });
}

void SqliteLibraryStore::resize(std::string id, std::int64_t size_bytes, LibraryQuota quota, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id = std::move(id), size_bytes, quota](Write& write) -> Result<void> {
    return resize_item(write.db, id, size_bytes, quota);
  });
}

void SqliteLibraryStore::touch(std::string id, std::int64_t at_ms, Executor executor, Done<void> done) {
  change(std::move(executor), std::move(done), [id = std::move(id), at_ms](Connection& db) {
    return Query(db, "UPDATE library SET changed_ms = ?2 WHERE id = ?1 AND state <> ?3", id, at_ms, going).run();
  });
}

void SqliteLibraryStore::rename(std::string id, std::string title, Executor executor, Done<void> done) {
  change(std::move(executor), std::move(done), [id = std::move(id), title = std::move(title)](Connection& db) {
    return Query(db, "UPDATE library SET title = ?2 WHERE id = ?1 AND state <> ?3", id, title, going).run();
  });
}

void SqliteLibraryStore::retire(std::string id, Executor executor, Done<void> done) {
  change(std::move(executor), std::move(done), [id = std::move(id)](Connection& db) {
    return Query(db, "UPDATE library SET state = ?2 WHERE id = ?1 AND state <> ?2", id, going).run();
  });
}

void SqliteLibraryStore::forget(std::string id, Executor executor, Done<void> done) {
  change(std::move(executor), std::move(done),
         [id = std::move(id)](Connection& db) { return Query(db, "DELETE FROM library WHERE id = ?1 AND state = ?2", id, going).run(); });
}

#undef MATINEE_LIBRARY_ROW

}  // namespace matinee::store
