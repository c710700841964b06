// Names of files and titles of videos.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>

#include "server/library/limits.h"
#include "server/library/shelf.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {

using library::clean_title;
using library::is_id;
using library::title_of;

TEST_CASE("an id is 32 hexadecimal digits, drawn anew each time, and nothing else is one") {
  const std::string id = library::draw_id();
  CHECK(is_id(id));
  CHECK(id != library::draw_id());
  for (const std::string_view other : {"", "..", "../../etc/passwd", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
                                       "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef/123456789abcdef"})
    CHECK_FALSE(is_id(other));
}

TEST_CASE("a file's title is its name without its ending, on one line") {
  CHECK(title_of("Our_holiday.mp4") == "Our holiday");
  CHECK(title_of("a.b.webm") == "a.b");
  CHECK(title_of(".mp4") == ".mp4");
  CHECK(title_of("") == "Video");
  CHECK(title_of("two\nlines.mp4") == "Video");
  CHECK(title_of("\xFF\xFE.mp4") == "Video");
  CHECK(title_of("evil\xE2\x80\xAEgpj.mp4") == "Video");
}

TEST_CASE("a title has at most 120 characters, however many bytes; a file's longer name is cut") {
  std::string most;
  for (std::size_t i = 0; i < library::limits::title_code_points_max; ++i) most += "\xC3\xA4";
  CHECK(clean_title(most) == most);
  CHECK_FALSE(clean_title(most + "a").has_value());
  CHECK(title_of(most + "a.mp4") == most);
}

TEST_CASE("a typed title is trimmed, and one that is none is refused") {
  CHECK(clean_title("  Holiday ") == "Holiday");
  CHECK_FALSE(clean_title("   ").has_value());
  CHECK_FALSE(clean_title("a\tb").has_value());
  CHECK_FALSE(clean_title("\xFF").has_value());
}

TEST_CASE("only regular files are opened, never what a link points at") {
  const TempFolder folder;
  const std::string file = folder.write("real", "bytes");
  std::filesystem::create_symlink(file, folder.path() + "/link");
  const auto opened = library::Shelf::open(file);
  REQUIRE(opened.has_value());
  CHECK(opened->size_bytes == 5);
  ::close(opened->fd);
  CHECK_FALSE(library::Shelf::open(folder.path() + "/link").has_value());
  CHECK_FALSE(library::Shelf::open(folder.path()).has_value());
  CHECK(library::Shelf::beginning(file) == "bytes");
}

}  // namespace matinee::test
