// FolderLock: one running server per data folder. A lock of the kernel on DATA/lock: it goes with the process, however that ends, so
// nothing stale ever has to be removed by hand.
// Thread rule: one thread; move only.
#pragma once
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace matinee::store {

class FolderLock {
 public:
  // On failure: a sentence for the operator; in_use when another process has it.
  struct Refusal {
    bool in_use = false;
    std::string sentence;
  };
  static tl::expected<FolderLock, Refusal> take(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace matinee::store
