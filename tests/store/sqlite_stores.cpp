// The embedded implementation as the one the contract cases are run against.
#include "server/store/database.h"
#include "tests/store/contract.h"
#include "tests/store/temporary_folder.h"

namespace matinee::test {
namespace {

class SqliteStores final : public Stores {
 public:
  SqliteStores() { restart(); }
  seams::MessageLog& messages() override { return database_->messages(); }
  seams::RoomDirectory& rooms() override { return database_->rooms(); }
  seams::UserStore& users() override { return database_->users(); }
  seams::SessionStore& sessions() override { return database_->sessions(); }
  seams::SettingsStore& settings() override { return database_->settings(); }
  seams::ThrottleStore& throttles() override { return database_->throttles(); }
  seams::AccountRecords& account_records() override { return database_->account_records(); }
  seams::Streams& streams() override { return database_->streams(); }
  seams::LibraryStore& library() override { return database_->library(); }
  void make_people(TestLoop& loop, const std::vector<seams::UserId>& people) override {
    for (const seams::UserId person : people) {
      const auto made = loop.await<seams::Result<seams::User>>([&](auto done) {
        users().create_guest({person, "Guest", "", now}, loop.executor(), std::function<void(seams::Result<seams::User>)>(std::move(done)));
      });
      REQUIRE(made.has_value());
    }
  }
  void restart() override {
    database_.reset();
    store::Options options;
    options.folder = folder_.path() / "data";
    auto opened = store::Database::open(options);
    REQUIRE(opened.has_value());
    database_ = std::move(*opened);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<store::Database> database_;
};

}  // namespace

std::unique_ptr<Stores> make_stores() { return std::make_unique<SqliteStores>(); }

}  // namespace matinee::test
