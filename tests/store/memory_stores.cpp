// The log in memory, which the tests of shards use, as the implementation the contract of the message log is run against.
#include <stdexcept>
#include "tests/store/contract.h"
#include "tests/support/memory_store.h"

namespace matinee::test {
namespace {

class MemoryStores final : public Stores {
 public:
  seams::MessageLog& messages() override { return store_; }
  seams::RoomDirectory& rooms() override { return store_; }
  seams::UserStore& users() override { throw no_store(); }
  seams::SessionStore& sessions() override { throw no_store(); }
  seams::SettingsStore& settings() override { throw no_store(); }
  seams::ThrottleStore& throttles() override { throw no_store(); }
  seams::AccountRecords& account_records() override { throw no_store(); }
  seams::Streams& streams() override { throw no_store(); }
  seams::LibraryStore& library() override { throw no_store(); }
  void make_people(TestLoop&, const std::vector<seams::UserId>&) override {}
  void restart() override {}  // what is in memory stays

 private:
  static std::logic_error no_store() { return std::logic_error("only rooms and messages are kept in memory"); }
  MemoryStore store_;
};

}  // namespace

std::unique_ptr<Stores> make_stores() { return std::make_unique<MemoryStores>(); }

}  // namespace matinee::test
