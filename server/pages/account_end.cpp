#include "server/pages/account_end.h"

#include <algorithm>
#include <vector>

#include "server/auth/names.h"
#include "server/pages/account.h"
#include "server/pages/form_errors.h"
#include "server/shard/forgetting.h"

namespace matinee::pages {
namespace {

struct Asked {
  std::string name;
  bool messages = false;
};

void refuse(const VisitPtr& visit, const Asked& asked, Model extra, int status = 422, std::int64_t retry_after_s = 0) {
  extra.set("delete_name", asked.name).set("delete_messages", asked.messages);
  show_account(visit, {status, std::move(extra), retry_after_s});
}

// What is under way, held by whichever step is.
class Farewells : public std::enable_shared_from_this<Farewells> {
 public:
  Farewells(VisitPtr visit, Asked asked) : visit_(std::move(visit)), asked_(std::move(asked)) {
    const seams::UserId user = visit_->who->user;
    how_.user = user;
    how_.delete_messages = asked_.messages;
    how_.nameless_extra = shard::nameless_extra;
    how_.nameless_snapshot = [user](std::string_view snapshot) { return shard::nameless_snapshot(snapshot, user); };
    how_.at_ms = visit_->services.now_ms();
  }

  void start() {
    records().may_end(how_.user, here(), [self = shared_from_this()](const seams::Result<void>& allowed) {
      if (!allowed) return self->failed(allowed.error());
      self->end_sessions();
    });
  }

 private:
  void end_sessions() {
    visit_->here.sessions->log_out_everywhere(how_.user, {}, [self = shared_from_this()](const seams::Result<std::int64_t>& ended) {
      if (!ended) return self->failed(ended.error());
      self->visit_->clear_session();
      self->find_messages();
    });
  }

  void find_messages() {
    if (next_ < places_.size()) return strip_piece();
    records().messages(how_.user, last_, farewell_places_max, here(),
                       [self = shared_from_this()](seams::Result<std::vector<seams::MessagePlace>> found) {
                         if (!found) return self->failed(found.error());
                         if (found->empty()) return self->end();
                         self->places_ = std::move(*found);
                         self->last_ = self->places_.back();
                         self->next_ = 0;
                         self->strip_piece();
                       });
  }

  void strip_piece() {
    const auto from = places_.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto count = std::min(farewell_piece_max, places_.size() - next_);
    next_ += count;
    records().strip(how_, {from, from + static_cast<std::ptrdiff_t>(count)}, here(),
                    [self = shared_from_this()](const seams::Result<void>& done) {
                      if (!done) return self->failed(done.error());
                      self->find_messages();
                    });
  }

  void end() {
    records().end(how_, here(), [self = shared_from_this()](const seams::Result<std::vector<std::string>>& rooms) {
      if (!rooms) return self->failed(rooms.error());
      for (const std::string& code : *rooms)
        if (self->visit_->services.reopen_room) self->visit_->services.reopen_room(code);
      self->visit_->redirect("/?account=deleted");
    });
  }

  void failed(seams::StoreError error) {
    if (error == seams::StoreError::only_admin)
      return refuse(visit_, asked_, Model().set("delete_error", visit_->words.text("account.delete_only_admin")), 409);
    visit_->error(503, 5);
  }

  [[nodiscard]] seams::AccountRecords& records() const { return *visit_->services.account_records; }
  [[nodiscard]] const seams::Executor& here() const { return visit_->here.executor; }

  VisitPtr visit_;
  Asked asked_;
  seams::Farewell how_;
  std::vector<seams::MessagePlace> places_;  // found, and from next_ on not yet stripped
  std::size_t next_ = 0;
  seams::MessagePlace last_;
};

bool is_own_name(const std::string& typed, const std::string& name) {
  const auto key_typed = auth::check_name(typed);
  const auto key_own = auth::check_name(name);
  return key_typed && key_own && key_typed->key == key_own->key;
}

}  // namespace

void delete_account(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect("/login?next=/account");
  const Asked asked{std::string(form.value_or_empty("name")), form.value("messages").has_value()};
  if (!is_own_name(asked.name, visit->who->name)) {
    return refuse(visit, asked, Model().set("delete_name_error", visit->words.text("account.delete_name_wrong")));
  }
  if (form.value_or_empty("current").empty())
    return refuse(visit, asked, Model().set("delete_current_error", visit->words.text("account.current_missing")));
  visit->here.accounts->confirm(*visit->who, std::string(form.value_or_empty("current")),
                                [visit, asked](const tl::expected<seams::User, auth::Refusal>& proven) {
                                  if (proven) return std::make_shared<Farewells>(visit, asked)->start();
                                  const auth::Refusal& refusal = proven.error();
                                  Model extra;
                                  if (refusal.why == auth::Refusal::Why::wrong)
                                    extra.set("delete_current_error", visit->words.text("account.current_wrong"));
                                  else show_refusal(extra, visit->words, refusal);
                                  refuse(visit, asked, std::move(extra), status_of(refusal), refusal.retry_after_s);
                                });
}

}  // namespace matinee::pages
