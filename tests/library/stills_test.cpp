// Stills: made by a real child from bytes in memory, within bounds.
#include "server/library/stills.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include "server/library/shelf.h"

namespace matinee::library {
namespace {

// What ffmpeg writes with these arguments.
std::string made_by_ffmpeg(const std::string& arguments) {
  const auto path = std::filesystem::temp_directory_path() / ("matinee-still-" + draw_id());
  REQUIRE(std::system(("ffmpeg -nostdin -v error " + arguments + " " + path.string()).c_str()) == 0);  // NOLINT: a test's own words
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

std::future<std::string> make(Stills& stills, const std::string& format, const std::string& bytes) {
  auto promise = std::make_shared<std::promise<std::string>>();
  REQUIRE(stills.make({format, [bytes] { return bytes; }, [promise](std::string jpeg) { promise->set_value(std::move(jpeg)); }}));
  return promise->get_future();
}

}  // namespace

TEST_CASE("a still is a JPEG of each container, and of what is none there is none") {
  Stills stills(Tools::find());
  const std::string picture = "-f lavfi -i testsrc2=size=320x240:rate=25 -t 1 ";
  CHECK(make(stills, "mpegts", made_by_ffmpeg(picture + "-c:v libx264 -preset ultrafast -f mpegts")).get().starts_with("\xFF\xD8\xFF"));
  CHECK(make(stills, "matroska", made_by_ffmpeg(picture + "-c:v libvpx -f webm")).get().starts_with("\xFF\xD8\xFF"));
  CHECK(make(stills, "mpegts", std::string(100'000, 'x')).get().empty());
  CHECK(make(stills, "mpegts", "").get().empty());
  // A playlist that names another file leads nowhere.
  CHECK(make(stills, "hls", "#EXTM3U\n#EXTINF:1,\nfile:/etc/hostname\n").get().empty());
  CHECK_FALSE(Stills(Tools{}).make({"mpegts", [] { return std::string(); }, [](const std::string&) {}}));
}

TEST_CASE("as many stills wait as the bound says, and not one more") {
  std::promise<void> begun, go_on;
  Stills stills(Tools::find());
  const auto answer = [](const std::string&) {};
  REQUIRE(stills.make({"mpegts",
                       [&] {
                         begun.set_value();
                         go_on.get_future().wait();
                         return std::string();
                       },
                       answer}));
  begun.get_future().wait();
  for (std::size_t i = 0; i < limits::stills_waiting_max; ++i) CHECK(stills.make({"mpegts", [] { return std::string(); }, answer}));
  CHECK_FALSE(stills.make({"mpegts", [] { return std::string(); }, answer}));
  go_on.set_value();
}

TEST_CASE("a child that takes longer than the bound is ended, and the next still is made") {
  // A program in the place of ffmpeg that never ends.
  const auto program = std::filesystem::temp_directory_path() / ("matinee-endless-" + draw_id());
  std::ofstream(program) << "#!/bin/sh\nwhile :; do read -r line < /dev/zero; done\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  Stills stills(Tools{"", program.string()});
  const auto began = std::chrono::steady_clock::now();
  CHECK(make(stills, "mpegts", "x").get().empty());
  const auto lasted = std::chrono::steady_clock::now() - began;
  CHECK(lasted >= limits::still_max);
  CHECK(lasted < 2 * limits::still_max);
  std::filesystem::remove(program);
  CHECK(make(stills, "mpegts", "x").get().empty());
}

}  // namespace matinee::library
