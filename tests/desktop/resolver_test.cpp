// What links become before they are opened.
#include "videoproto/desktop/resolver.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"

namespace matinee::desktop {
namespace {

std::string script(const test::TempFolder& folder, const std::string& body) {
  const std::string file = folder.write("resolver", "#!/bin/sh\n" + body + "\n");
  ::chmod(file.c_str(), 0755);
  return file;
}

}  // namespace

TEST_CASE("only links that the room's parser takes are opened") {
  CHECK(read_link("https://example.org/a.mp4").kind == LinkKind::direct);
  CHECK(read_link("https://example.org/live.m3u8").url == "https://example.org/live.m3u8");
  CHECK(read_link("https://youtu.be/dQw4w9WgXcQ").kind == LinkKind::youtube);
  for (const char* link :
       {"/dev/video0", "file:///etc/passwd", "rtsp://example.org/a", "concat:a.mp4|b.mp4", "https://u:p@example.org/a.mp4", "0", "",
        "videotestsrc ! appsink", "https://youtube.com.example.org/watch?v=dQw4w9WgXcQ"}) {
    INFO(link);
    const ReadLink read = read_link(link);
    CHECK(read.kind == LinkKind::refused);
    CHECK_FALSE(read.sentence.empty());
  }
}

TEST_CASE("a resolver gets the link as one word and its first line is the answer") {
  const test::TempFolder folder;
  const std::string command = script(folder, "echo \"https://e.org/$1-$2-$#\"; echo second");
  CHECK(resolve(command + " --flag", "https://youtu.be/x y;ls") == "https://e.org/--flag-https://youtu.be/x y;ls-2");
}

TEST_CASE("a resolver that fails, is missing or answers no link is told in one sentence") {
  const test::TempFolder folder;
  CHECK(resolve("/nowhere/resolver", "https://e.org").error().find("not installed") != std::string::npos);
  CHECK(resolve(script(folder, "exit 1"), "https://e.org").error().find("too old") != std::string::npos);
  CHECK_FALSE(resolve(script(folder, "echo /etc/passwd"), "https://e.org"));
  CHECK_FALSE(resolve("", "https://e.org"));
  CHECK(find_resolver("mine --x") == "mine --x");
}

}  // namespace matinee::desktop
