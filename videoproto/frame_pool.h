// Where pictures live from the moment they are read until the last viewer has them: 64 fixed slots a stream, reserved as address
// space once, so a relayed frame allocates nothing. A page costs memory when a byte first comes into it; what all pools
// together have touched is bounded by one PoolBudget. A Frame is a counted reference: viewers on any thread share the bytes.
// Thread rule: begin() and a FrameFill belong to the stream's thread; Frame handles and PoolBudget may be used on any thread.
#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tl/expected.hpp>

#include "videoproto/errors.h"
#include "videoproto/limits.h"

namespace matinee::videoproto {

// Counts the touched bytes of all pools.
class PoolBudget {
 public:
  explicit PoolBudget(std::size_t bytes_max = limits::pool_bytes_max) : bytes_max_(bytes_max) {}
  [[nodiscard]] bool claim(std::size_t bytes);
  void give_back(std::size_t bytes) { touched_.fetch_sub(bytes, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t touched_bytes() const { return touched_.load(std::memory_order_relaxed); }
  // Over three quarters: a slot that becomes free gives its pages back instead of keeping them warm.
  [[nodiscard]] bool scarce() const { return touched_bytes() > bytes_max_ / 4 * 3; }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> touched_{0};
};

namespace detail {
struct PoolMemory;
}

// A complete picture that nobody changes any more. Copying counts, nothing is copied. It may outlive its pool.
class Frame {
 public:
  Frame() = default;
  Frame(const Frame& other) noexcept;
  Frame(Frame&& other) noexcept;
  Frame& operator=(Frame other) noexcept;
  ~Frame();

  explicit operator bool() const { return memory_ != nullptr; }
  [[nodiscard]] std::span<const std::byte> bytes() const;
  // The same slot, that is: the same picture.
  bool operator==(const Frame&) const = default;

 private:
  friend class FrameFill;
  friend class FramePool;
  Frame(detail::PoolMemory* memory, unsigned slot) : memory_(memory), slot_(slot) {}
  detail::PoolMemory* memory_ = nullptr;
  unsigned slot_ = 0;
};

// A slot while its picture comes in. Dropped without finish(), the slot is free again.
class FrameFill {
 public:
  FrameFill() = default;
  FrameFill(FrameFill&&) noexcept = default;
  FrameFill& operator=(FrameFill&&) noexcept = default;

  explicit operator bool() const { return static_cast<bool>(frame_); }
  // Space behind the `have` bytes that came, for at most `missing` more: what is touched already, or the next 64 KiB.
  // Empty: the slot is full, or the budget is used up.
  [[nodiscard]] std::span<std::byte> space(std::size_t have, std::size_t missing);
  [[nodiscard]] Frame finish(std::size_t bytes) &&;

 private:
  friend class FramePool;
  explicit FrameFill(Frame frame) : frame_(std::move(frame)) {}
  Frame frame_;
};

class FramePool {
 public:
  struct Options {
    std::uint32_t frame_bytes_max = limits::frame_bytes_default;
  };
  // Shared: the budget is held by every pool and by the frames that outlive theirs. quota when the address space is not to be had.
  [[nodiscard]] static tl::expected<FramePool, ErrorCode> create(std::shared_ptr<PoolBudget> budget, Options options);

  // A free slot, or an empty FrameFill when there is none: that frame is skipped, the publisher is not stopped.
  [[nodiscard]] FrameFill begin();
  [[nodiscard]] std::size_t free_slots() const;
  // Gives the pages of free slots back to the system: for a stream that rests.
  void trim();

 private:
  struct Leave {
    void operator()(detail::PoolMemory* memory) const;
  };
  explicit FramePool(detail::PoolMemory* memory) : memory_(memory) {}
  std::unique_ptr<detail::PoolMemory, Leave> memory_;
};

// A viewer and since when it holds its oldest frame.
struct Holding {
  std::uint64_t viewer = 0;
  std::int64_t since_us = 0;
};
// With under 8 slots free the viewer that held one longest is to be closed with slow_consumer.
[[nodiscard]] std::optional<std::uint64_t> viewer_to_close(std::size_t free_slots, std::span<const Holding> holdings);

}  // namespace matinee::videoproto
