#include "videoproto/mailbox.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace matinee::videoproto {

void Mailbox::put(Unit unit) {
  if (unit.header.has(flags::dup)) return put_dup(std::move(unit));
  if (pending_) {
    carry_over(pending_->header.flags);
    if (!pending_->header.has(flags::dup)) ++dropped_;
  }
  pending_ = std::move(unit);
}

void Mailbox::put_dup(Unit unit) {
  const std::uint16_t new_flags = unit.header.flags;
  const bool nothing_to_repeat = !unit.picture;
  const bool picture_pending = pending_ && !pending_->header.has(flags::dup);
  if (nothing_to_repeat || picture_pending) return carry_over(new_flags);
  if (pending_) carry_over(pending_->header.flags);
  if (shown_ == unit.picture_number) {
    unit.picture = {};
  } else {
    unit.header.flags = static_cast<std::uint16_t>((new_flags & ~flags::dup) | flags::key);
    unit.header.payload_bytes = static_cast<std::uint32_t>(unit.picture.bytes().size());
  }
  pending_ = std::move(unit);
}

void Mailbox::carry_over(std::uint16_t flag_bits) { carried_ |= flag_bits & (flags::discont | flags::eos); }

std::optional<Unit> Mailbox::take(std::int64_t now_us) {
  if (!pending_) return std::nullopt;
  Unit unit = *std::exchange(pending_, std::nullopt);
  const bool dup = unit.header.has(flags::dup);
  const std::int64_t waited_us = std::max<std::int64_t>(0, now_us - unit.arrived_us);
  if (!dup && waited_us > limits::frame_age_us_max) {
    carry_over(unit.header.flags);
    ++dropped_;
    return std::nullopt;
  }
  unit.header.flags |= std::exchange(carried_, std::uint16_t{0});
  unit.header.aux = static_cast<std::uint32_t>(std::min<std::int64_t>(waited_us, std::numeric_limits<std::uint32_t>::max()));
  if (!dup) shown_ = unit.picture_number;
  return unit;
}

}  // namespace matinee::videoproto
