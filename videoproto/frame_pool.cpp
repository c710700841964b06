#include "videoproto/frame_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace matinee::videoproto {
namespace {

constexpr std::size_t portion_bytes = 64 * 1024;
constexpr std::uint64_t all_free = std::numeric_limits<std::uint64_t>::max();
static_assert(limits::pool_slots == 64, "the free slots are the bits of one word");

std::size_t page_bytes() {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

bool PoolBudget::claim(std::size_t bytes) {
  std::size_t before = touched_.load(std::memory_order_relaxed);
  do {
    if (bytes > bytes_max_ - std::min(before, bytes_max_)) return false;
  } while (!touched_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
  return true;
}

namespace detail {

struct PoolMemory {
  struct Slot {
    std::atomic<std::uint32_t> references{0};
    std::size_t size_bytes = 0;     // of the finished picture
    std::size_t touched_bytes = 0;  // whole pages, claimed from the budget
  };

  PoolMemory(std::byte* base_in, std::size_t stride_in, std::size_t slot_bytes_in, std::shared_ptr<PoolBudget> budget_in)
      : base(base_in), stride(stride_in), slot_bytes(slot_bytes_in), budget(std::move(budget_in)) {}
  ~PoolMemory() {
    for (const Slot& slot : slots) budget->give_back(slot.touched_bytes);
    ::munmap(base, stride * limits::pool_slots);
  }
  PoolMemory(const PoolMemory&) = delete;
  PoolMemory& operator=(const PoolMemory&) = delete;

  [[nodiscard]] std::byte* at(unsigned slot) const { return base + slot * stride; }

  // The lowest free slot: the one whose pages are most likely warm.
  [[nodiscard]] std::optional<unsigned> take() {
    std::uint64_t bits = free_bits.load(std::memory_order_relaxed);
    while (bits != 0) {
      const auto slot = static_cast<unsigned>(std::countr_zero(bits));
      if (!free_bits.compare_exchange_weak(bits, bits & (bits - 1), std::memory_order_acquire, std::memory_order_relaxed)) continue;
      holders.fetch_add(1, std::memory_order_relaxed);
      slots[slot].references.store(1, std::memory_order_relaxed);
      return slot;
    }
    return std::nullopt;
  }

  void forget_pages(unsigned slot) {
    if (slots[slot].touched_bytes == 0) return;
    ::madvise(at(slot), slots[slot].touched_bytes, MADV_DONTNEED);
    budget->give_back(std::exchange(slots[slot].touched_bytes, 0));
  }

  void release(unsigned slot) {
    if (slots[slot].references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (budget->scarce()) forget_pages(slot);
    free_bits.fetch_or(std::uint64_t{1} << slot, std::memory_order_release);
    leave();
  }

  // The pool itself and every slot in use hold the memory; the last one to leave takes it down.
  void leave() {
    if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1) std::unique_ptr<PoolMemory>(this).reset();
  }

  std::byte* const base;
  const std::size_t stride;
  const std::size_t slot_bytes;
  const std::shared_ptr<PoolBudget> budget;
  std::atomic<std::uint64_t> free_bits{all_free};
  std::atomic<std::uint32_t> holders{1};
  std::array<Slot, limits::pool_slots> slots;
};

}  // namespace detail

Frame::Frame(const Frame& other) noexcept : memory_(other.memory_), slot_(other.slot_) {
  if (memory_ != nullptr) memory_->slots[slot_].references.fetch_add(1, std::memory_order_relaxed);
}
Frame::Frame(Frame&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)), slot_(std::exchange(other.slot_, 0)) {}
Frame& Frame::operator=(Frame other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(slot_, other.slot_);
  return *this;
}
Frame::~Frame() {
  if (memory_ != nullptr) memory_->release(slot_);
}

std::span<const std::byte> Frame::bytes() const {
  if (memory_ == nullptr) return {};
  return {memory_->at(slot_), memory_->slots[slot_].size_bytes};
}

std::span<std::byte> FrameFill::space(std::size_t have, std::size_t missing) {
  if (!frame_) return {};
  detail::PoolMemory& memory = *frame_.memory_;
  auto& slot = memory.slots[frame_.slot_];
  const std::size_t wanted_end = have + missing;
  if (wanted_end > memory.slot_bytes) return {};
  if (have >= slot.touched_bytes) {
    const std::size_t end = round_up(std::min(wanted_end, have + portion_bytes), page_bytes());
    if (!memory.budget->claim(end - slot.touched_bytes)) return {};
    slot.touched_bytes = end;
  }
  return {memory.at(frame_.slot_) + have, std::min(wanted_end, slot.touched_bytes) - have};
}

Frame FrameFill::finish(std::size_t bytes) && {
  if (frame_) frame_.memory_->slots[frame_.slot_].size_bytes = bytes;
  return std::move(frame_);
}

tl::expected<FramePool, ErrorCode> FramePool::create(std::shared_ptr<PoolBudget> budget, Options options) {
  const std::size_t slot_bytes = std::min(options.frame_bytes_max, limits::frame_bytes_max);
  const std::size_t stride = round_up(std::max<std::size_t>(slot_bytes, 1), page_bytes());
  void* base = ::mmap(nullptr, stride * limits::pool_slots, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return tl::unexpected(ErrorCode::quota);
  return FramePool(std::make_unique<detail::PoolMemory>(static_cast<std::byte*>(base), stride, slot_bytes, std::move(budget)).release());
}

FrameFill FramePool::begin() {
  const auto slot = memory_->take();
  if (!slot) return {};
  memory_->slots[*slot].size_bytes = 0;
  return FrameFill(Frame(memory_.get(), *slot));
}

std::size_t FramePool::free_slots() const {
  return static_cast<std::size_t>(std::popcount(memory_->free_bits.load(std::memory_order_relaxed)));
}

// Takes the free slots out of circulation while their pages go, so that nobody fills one meanwhile.
void FramePool::trim() {
  const std::uint64_t bits = memory_->free_bits.exchange(0, std::memory_order_acquire);
  for (unsigned slot = 0; slot < limits::pool_slots; ++slot) {
    if ((bits >> slot & 1) != 0) memory_->forget_pages(slot);
  }
  memory_->free_bits.fetch_or(bits, std::memory_order_release);
}

void FramePool::Leave::operator()(detail::PoolMemory* memory) const { memory->leave(); }

std::optional<std::uint64_t> viewer_to_close(std::size_t free_slots, std::span<const Holding> holdings) {
  if (free_slots >= limits::pool_free_low || holdings.empty()) return std::nullopt;
  return std::min_element(holdings.begin(), holdings.end(), [](const Holding& a, const Holding& b) { return a.since_us < b.since_us; })
      ->viewer;
}

}  // namespace matinee::videoproto
