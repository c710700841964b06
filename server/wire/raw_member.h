// Finds the text of one member of a JSON object exactly as it was sent: numbers keep their spelling, nested data its form.
// Why: what is only passed on must not be changed by a parse and a print (1234.5 may come back as 1234.5000000000002).
// Thread rule: pure. The text must already be known to be a valid JSON object.
#pragma once
#include <string_view>

namespace matinee::wire {

// The last member of that name, as duplicates are read; empty when there is none (or its name is spelt with escapes).
[[nodiscard]] std::string_view raw_member(std::string_view object, std::string_view name);

}  // namespace matinee::wire
