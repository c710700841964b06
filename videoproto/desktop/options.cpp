#include "videoproto/desktop/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>

#include "rooms/room_code.h"

namespace matinee::desktop {
namespace {

constexpr const char* about =
    "matinee-video - the room's pictures on your desktop\n\n"
    "Shows what people in a Matinee room send (camera, screen, files), in windows of its own, and sends yours.\n"
    "The room page's \"Connect desktop\" shows one line to paste:\n"
    "    matinee-video join HOST:PORT CODE --pair LETTERS";

constexpr const char* footer =
    "KEYS\n"
    "  q, Esc   close this window (the last one ends watch; join goes on)\n"
    "  f        full screen and back\n"
    "  s        save the picture as a file in the current folder\n"
    "  Ctrl-C   end\n\n"
    "EXIT STATUS\n"
    "    0  done                       5  another certificate than the expected one\n"
    "    1  something unexpected       6  not allowed in this room, or somebody else is sending\n"
    "    2  options not understood     7  camera, screen, file or link cannot be opened\n"
    "    3  nobody answers there       8  no display for windows (try --headless)\n"
    "    4  code, token or room wrong  130, 143  ended by Ctrl-C or SIGTERM\n\n"
    "FILES\n"
    "  ~/.config/matinee/video-token   what login keeps; only you may read it\n\n"
    "EXAMPLES\n"
    "  matinee-video send K7QM-3XFD --camera 0\n"
    "  matinee-video send K7QM-3XFD --file film.mp4\n"
    "  matinee-video watch K7QM-3XFD --headless --frames-to pictures --stats json";

// What CLI11 fills and settle() checks.
struct Raw {
  CLI::App app{about, "matinee-video"};
  Options options;
  std::vector<std::string> place;  // [HOST:PORT] CODE
  std::string server, pair, certificate, stats, file, link, microphone;
  int camera = 0;
  bool screen = false, loop = false, no_overlay = false, mute = false;
  CLI::App *login = nullptr, *join = nullptr, *send = nullptr, *watch = nullptr, *devices = nullptr;
  CLI::Option *camera_given = nullptr, *microphone_given = nullptr;
};

void add_server(CLI::App& app, Raw& raw) {
  app.add_option("PLACE", raw.place, "[HOST:PORT] CODE: the server's video port and the room's code")
      ->required()
      ->expected(1, 2)
      ->type_name("");
  app.add_option("--server", raw.server, "The server's video port (default: where login was made)")->type_name("HOST:PORT");
  app.add_option("--pair", raw.pair, "The 42 letters of Connect desktop: one use, five minutes")->type_name("LETTERS");
  app.add_option("--certificate", raw.certificate, "SHA-256 of the server's certificate, when there is no --pair")->type_name("HEX");
  app.add_option("--token-file", raw.options.token_file, "Another token file")->type_name("FILE");
  app.add_flag("--plain", raw.options.plain, "Without TLS; to this machine only");
  app.add_option("--retry", raw.options.retry_s, "Try for so long to come back when the connection is lost (default 600)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 1'000'000));
  app.add_option("--stats", raw.stats, "A line a second to standard output")->type_name("json")->check(CLI::IsMember({"json"}));
  app.add_flag("--mute", raw.mute, "Neither play nor send sound");
}

void add_windows(CLI::App& app, Raw& raw) {
  app.add_flag("--headless", raw.options.headless, "No windows");
  app.add_option("--frames-to", raw.options.frames_to, "Write every shown picture there as STREAM-SEQUENCE.jpg")->type_name("FOLDER");
  app.add_option("--frames", raw.options.frames_max, "End after so many pictures")->type_name("N")->check(CLI::Range(1, 1'000'000'000));
  app.add_flag("--no-overlay", raw.no_overlay, "No figures in the picture's corner");
  app.add_flag("--full-screen", raw.options.full_screen, "Open windows over the whole screen");
}

void add_wishes(CLI::App& app, Raw& raw) {
  PictureWishes& wishes = raw.options.wishes;
  app.add_option("--width", wishes.width, "Send at most this wide (default: as it is, up to 1920)")
      ->type_name("PIXELS")
      ->check(CLI::Range(16, 4096));
  app.add_option("--fps", wishes.fps, "Send at most so many pictures a second (default: as it is, up to 60)")
      ->type_name("N")
      ->check(CLI::Range(1, 120));
  app.add_option("--quality", wishes.quality, "JPEG quality (default 80)")->type_name("40-90")->check(CLI::Range(40, 90));
  app.add_option("--resolver", raw.options.resolver,
                 "Command that prints a direct link for a YouTube link, its last argument (default: yt-dlp)")
      ->type_name("CMD");
}

void add_source(CLI::App& app, Raw& raw) {
  auto* group = app.add_option_group("what to send");
  raw.camera_given =
      group->add_option("--camera", raw.camera, "This camera; see matinee-video devices")->type_name("INDEX")->check(CLI::Range(0, 255));
  group->add_option("--file", raw.file, "This video file")->type_name("FILE");
  group->add_flag("--screen", raw.screen, "The screen (X11)");
  group->add_option("--url", raw.link, "A link to a video: http or https, or YouTube")->type_name("LINK");
  group->require_option(1);
  app.add_flag("--loop", raw.loop, "Begin the file again when it ends");
  app.add_option("--title", raw.options.title, "What the others read above the picture")->type_name("TEXT");
  raw.microphone_given =
      app.add_option("--microphone", raw.microphone, "Send sound from this microphone too (without a name: the default one)")
          ->type_name("[NAME]")
          ->expected(0, 1);
}

void build(Raw& raw) {
  raw.app.set_help_flag("--help,-h", "Show this and exit");
  raw.app.set_version_flag("--version", "matinee-video " MATINEE_VERSION);
  raw.app.footer(footer);
  raw.app.require_subcommand(1);
  raw.join =
      raw.app.add_subcommand("join", "Stay in a room: windows pop up when somebody sends, and you may be asked to send the room's video");
  raw.send = raw.app.add_subcommand("send", "Send a camera, the screen, a file or a link to a room");
  raw.watch = raw.app.add_subcommand("watch", "Show what is sent in a room, until it ends");
  raw.login = raw.app.add_subcommand("login", "Keep a token of your account here, so that the other commands need no --pair");
  raw.devices = raw.app.add_subcommand("devices", "List cameras, screens and microphones");
  for (CLI::App* app : {raw.join, raw.send, raw.watch}) add_server(*app, raw);
  for (CLI::App* app : {raw.join, raw.watch}) add_windows(*app, raw);
  for (CLI::App* app : {raw.join, raw.send}) add_wishes(*app, raw);
  raw.join->add_flag(
      "--allow-sending", raw.options.allow_sending,
      "Send the room's video to the other desktops also when somebody else put it on (what you put on yourself is sent anyway)");
  add_source(*raw.send, raw);
  raw.login->add_option("URL", raw.options.login_url, "Address of the server's pages: https://HOST[:PORT]")->required();
  raw.login->add_option("--name", raw.options.login_name, "Your name or e-mail (default: asked)")->type_name("NAME");
  raw.login->add_option("--token-file", raw.options.token_file, "Another token file")->type_name("FILE");
  for (CLI::App* app : {raw.join, raw.send, raw.watch, raw.login, raw.devices}) app->set_help_flag("--help,-h", "Show this and exit");
}

std::string settle_place(Raw& raw) {
  Options& options = raw.options;
  const std::string& code = raw.place.back();
  std::string where = raw.place.size() == 2 ? raw.place.front() : raw.server;
  if (raw.place.size() == 2 && !raw.server.empty()) return "The server is named twice: leave out --server, or HOST:PORT.";
  if (!where.empty()) {
    options.server = read_address(where);
    if (!options.server) return "\"" + where + "\" is no HOST:PORT, for example films.example.org:8081 or [::1]:8081.";
  }
  const auto room = rooms::read_room_code(code);
  if (!room) return "\"" + code + "\" is no room code; one has eight letters and digits, for example K7QM-3XFD.";
  options.room = *room;
  return {};
}

std::string settle_trust(Raw& raw) {
  Options& options = raw.options;
  if (!raw.pair.empty()) {
    options.pair = read_pairing(raw.pair);
    if (!options.pair) return "--pair takes the 42 letters and digits (A-Z, 2-7) that Connect desktop shows.";
    if (!options.server) return "--pair needs the server too: matinee-video join HOST:PORT CODE --pair LETTERS.";
  }
  if (!raw.certificate.empty()) {
    const auto pin = read_pin(raw.certificate);
    if (!pin) return "--certificate takes 64 hexadecimal digits (or the first 32), the SHA-256 of the server's certificate.";
    options.pin = *pin;
  }
  if (options.pair) options.pin.assign(options.pair->print_begin.begin(), options.pair->print_begin.end());
  if (options.plain && options.server && !is_loopback(*options.server))
    return "--plain sends codes and pictures unprotected, so it is for this machine only (127.0.0.1, ::1, localhost).";
  return {};
}

void settle_source(Raw& raw) {
  Options& options = raw.options;
  if (raw.camera_given->count() > 0) options.source = CameraChoice{raw.camera};
  else if (!raw.file.empty()) options.source = FileChoice{raw.file, raw.loop};
  else if (raw.screen) options.source = ScreenChoice{};
  else options.source = LinkChoice{raw.link};
  if (raw.microphone_given->count() > 0) options.microphone = raw.microphone;
}

std::string settle(Raw& raw) {
  Options& options = raw.options;
  if (raw.login->parsed()) options.command = Command::login;
  else if (raw.join->parsed()) options.command = Command::join;
  else if (raw.send->parsed()) options.command = Command::send;
  else if (raw.watch->parsed()) options.command = Command::watch;
  if (options.command == Command::login) {
    const bool web = options.login_url.starts_with("https://") || options.login_url.starts_with("http://");
    return web ? "" : "\"" + options.login_url + "\" is no address of pages; it begins with https:// or http://.";
  }
  if (options.command == Command::devices) return {};
  if (std::string problem = settle_place(raw); !problem.empty()) return problem;
  if (std::string problem = settle_trust(raw); !problem.empty()) return problem;
  if (options.command == Command::send) settle_source(raw);
  options.stats_json = !raw.stats.empty();
  options.overlay = !raw.no_overlay;
  options.sound = !raw.mute;
  if (!options.frames_to.empty() && !options.headless) return "--frames-to needs --headless.";
  return {};
}

// CLI11 says "--camera: Value x not in range …"; the person also wants to know where all options are.
std::string sentence_of(const std::string& problem) {
  std::string sentence = problem;
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  if (!sentence.empty() && sentence.back() != '.') sentence += '.';
  return sentence + " All options: matinee-video --help, and matinee-video COMMAND --help.";
}

}  // namespace

OptionsOutcome parse_options(std::vector<std::string> arguments) {
  Raw raw;
  build(raw);
  constexpr std::array<std::string_view, 5> commands{"login", "join", "send", "watch", "devices"};
  const std::string first = arguments.empty() ? "-" : arguments.front();
  if (!first.starts_with("-") && std::find(commands.begin(), commands.end(), first) == commands.end())
    return {OptionsOutcome::What::refuse, {}, "There is no command \"" + first + "\"; there are login, join, send, watch and devices."};
  std::reverse(arguments.begin(), arguments.end());  // the order CLI11 wants
  try {
    raw.app.parse(arguments);
  } catch (const CLI::CallForHelp&) { return {OptionsOutcome::What::say, {}, raw.app.help()}; } catch (const CLI::CallForVersion&) {
    return {OptionsOutcome::What::say, {}, "matinee-video " MATINEE_VERSION "\n"};
  } catch (const CLI::ParseError& error) { return {OptionsOutcome::What::refuse, {}, sentence_of(error.what())}; }
  if (std::string problem = settle(raw); !problem.empty()) return {OptionsOutcome::What::refuse, {}, std::move(problem)};
  return {OptionsOutcome::What::run, std::move(raw.options), {}};
}

}  // namespace matinee::desktop
