// The small relay as a program, for trying the client by hand: prints its port, ends with its standard input.
#include <cstdio>

#include "tests/desktop/mini_relay.h"

int main() {
  matinee::desktop::test::MiniRelay relay({});
  std::printf("%u\n", static_cast<unsigned>(relay.port()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return 0;
}
