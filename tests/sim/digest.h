// One number for a list of effects: two histories that differ in anything a person or the store could notice differ here.
#pragma once
#include <cstdint>
#include "rooms/effect.h"

namespace matinee::rooms::sim {

[[nodiscard]] std::uint64_t digest_of(const EffectList& effects, std::uint64_t begin);

}  // namespace matinee::rooms::sim
