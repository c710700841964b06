// The token file: which server `login` was made at, its certificate's fingerprint and the token. Written with mode 0600 in one step
// (a new file renamed over the old one); a file that others may read is not used, because the token may be known already.
// One "name = value" a line. Thread rule: any; nothing is kept.
#pragma once
#include <string>
#include <tl/expected.hpp>

#include "videoproto/desktop/address.h"
#include "videoproto/desktop/pairing.h"

namespace matinee::desktop {

struct Credentials {
  Address server;  // the video port
  Pin pin;         // empty: the server is spoken to without TLS, on loopback
  std::string token;
  bool operator==(const Credentials&) const = default;
};

// $XDG_CONFIG_HOME/matinee/video-token, else ~/.config/matinee/video-token.
[[nodiscard]] std::string default_token_file();
// A sentence for the person when the file is missing, unreadable, readable by others, or not one of ours.
[[nodiscard]] tl::expected<Credentials, std::string> load_credentials(const std::string& file);
[[nodiscard]] tl::expected<void, std::string> save_credentials(const std::string& file, const Credentials& credentials);

}  // namespace matinee::desktop
