#include "server/store/readers.h"

namespace matinee::store {

Readers::Readers(Options options) : options_(std::move(options)), queue_(options_.reads_max) {
  for (unsigned number = 0; number < options_.threads; ++number) connections_.push_back(std::make_unique<Connection>(options_.connection));
  for (auto& connection : connections_) {
    threads_.emplace_back([this, mine = connection.get()] { loop(*mine); });
  }
}

Readers::~Readers() { stop(); }

void Readers::stop() {
  queue_.close();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  connections_.clear();
}

void Readers::push(Work work, std::function<void()> refuse) {
  if (!queue_.push(work)) refuse();
}

void Readers::loop(Connection& connection) {
  while (auto work = queue_.pop()) (*work)(connection);
}

void Readers::tell_trouble(const SQLite::Exception& fault) const {
  if (options_.warn) options_.warn(sentence(fault));
}

}  // namespace matinee::store
