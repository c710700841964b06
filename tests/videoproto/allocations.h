// Counts what the test program allocates through operator new, so that a test can say "nothing".
// Any thread.
#pragma once
#include <cstddef>

namespace matinee::videoproto::test {
[[nodiscard]] std::size_t allocations();
}
