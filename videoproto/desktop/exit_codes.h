// How matinee-video ends, for scripts: one number per kind of ending, the same in every command. docs/desktop.md has the table.
// Pure values.
#pragma once
#include <cstdint>
#include <string>

namespace matinee::desktop {

enum class ExitCode : std::uint8_t {
  done = 0,           // what was asked for is done: the film ended, the window was closed
  failed = 1,         // something that should not happen
  usage = 2,          // options that cannot be understood
  unreachable = 3,    // nobody answers there, or did not come back in time
  refused = 4,        // code, token or room not accepted
  wrong_server = 5,   // the certificate is not the expected one
  not_allowed = 6,    // in the room, but without the right, or somebody else is sending
  no_source = 7,      // camera, screen, file or link cannot be opened
  no_display = 8,     // windows are wanted and there is no display
  interrupted = 130,  // Ctrl-C
  terminated = 143,   // SIGTERM
};

// The one sentence goes to standard error. Empty: nothing to say.
struct Ending {
  ExitCode code = ExitCode::done;
  std::string sentence;
};

}  // namespace matinee::desktop
