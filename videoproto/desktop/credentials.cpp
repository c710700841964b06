#include "videoproto/desktop/credentials.h"

#include <utility>

#include "videoproto/desktop/private_file.h"

namespace matinee::desktop {
namespace {

tl::unexpected<std::string> refuse(std::string sentence) { return tl::unexpected(std::move(sentence)); }

}  // namespace

std::string default_token_file() { return own_folder("XDG_CONFIG_HOME", ".config") + "/video-token"; }

tl::expected<Credentials, std::string> load_credentials(const std::string& file) {
  auto values = read_private_file(file);
  if (!values) {
    switch (values.error().what) {
      case FileProblem::What::missing:
        return refuse("You have not logged in here yet: use matinee-video login, or --pair with the line of Connect desktop.");
      case FileProblem::What::others_may_read:
        return refuse("Others may read the token file " + file +
                      ", so it is not used: end that login on the account page and log in again.");
      case FileProblem::What::unreadable: break;
    }
    return refuse("The token file " + file + " cannot be read: " + values.error().why + ".");
  }
  const auto server = read_address((*values)["server"]);
  const auto pin = (*values)["certificate"] == "none" ? Pin() : read_pin((*values)["certificate"]);
  if (!server || !pin || !is_token((*values)["token"]))
    return refuse("The token file " + file + " is damaged: log in again with matinee-video login.");
  return Credentials{*server, *pin, (*values)["token"]};
}

tl::expected<void, std::string> save_credentials(const std::string& file, const Credentials& credentials) {
  const auto written = write_private_file(file, {{"server", show(credentials.server)},
                                                 {"certificate", credentials.pin.empty() ? "none" : to_hex(credentials.pin)},
                                                 {"token", credentials.token}});
  if (!written) return refuse("The token file " + file + " cannot be written: " + written.error() + ".");
  return {};
}

}  // namespace matinee::desktop
