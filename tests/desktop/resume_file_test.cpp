// What a killed `send` leaves behind, who may use it, and that nobody else does.
#include "videoproto/desktop/resume_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"
#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/private_file.h"

namespace matinee::desktop {
namespace {

const ResumeKey film{{"films.example.org", 8090}, "K7QM3XFD", "file /films/a\nb 100%.mp4"};
const ResumeTokens tokens{"r-1", "s-1", "MFRGGZDFMZTWQ2LK"};

std::vector<std::filesystem::path> files_in(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".lock") files.push_back(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("what was kept is found by the next program that sends the same, and only by it") {
  const test::TempFolder folder;
  const std::string state = folder.path() + "/deep/matinee";
  {
    const auto first = ResumeFile::open(state, film);
    REQUIRE(first);
    CHECK_FALSE(first->found());
    first->keep({"r-0", "", ""});
    first->keep(tokens);
  }
  const auto files = files_in(state);
  REQUIRE(files.size() == 1);
  struct stat about {};
  REQUIRE(::stat(files[0].c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600U);
  REQUIRE(::stat(state.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0700U);
  const auto found_by = [&](ResumeKey key) {
    const auto file = ResumeFile::open(state, std::move(key));
    REQUIRE(file);
    return file->found();
  };
  CHECK(found_by(film) == tokens);
  CHECK_FALSE(found_by({{"films.example.org", 8091}, film.room, film.source}));
  CHECK_FALSE(found_by({film.server, "K7QM3XFE", film.source}));
  CHECK_FALSE(found_by({film.server, film.room, "file /films/a"}));
}

TEST_CASE("while one program sends, a second one that sends the same keeps nothing; after an orderly end nothing is left") {
  const test::TempFolder folder;
  auto first = ResumeFile::open(folder.path(), film);
  REQUIRE(first);
  first->keep(tokens);
  CHECK_FALSE(ResumeFile::open(folder.path(), film));
  CHECK(ResumeFile::open(folder.path(), {film.server, film.room, "camera 0"}));
  first->remove();
  first.reset();
  CHECK(files_in(folder.path()).empty());
  const auto next = ResumeFile::open(folder.path(), film);
  REQUIRE(next);
  CHECK_FALSE(next->found());
}

TEST_CASE("a private file of 8 KiB is written and read, one byte more is neither, and a token has at most 512") {
  const test::TempFolder folder;
  const std::string file = folder.path() + "/secret";
  const auto of_size = [](std::size_t size) { return FileLines{{"a", std::string(size - 5, 'x')}}; };  // "a = " and a line's end
  constexpr std::size_t most = limits::private_file_bytes_max;
  REQUIRE(write_private_file(file, of_size(most)));
  CHECK(std::filesystem::file_size(file) == most);
  REQUIRE(read_private_file(file));
  CHECK(*read_private_file(file) == of_size(most));
  CHECK_FALSE(write_private_file(file, of_size(most + 1)));
  REQUIRE(read_private_file(file));  // the one before is still there
  folder.write("secret", "a = " + std::string(most - 4, 'x') + "\n");
  CHECK(read_private_file(file).error().what == FileProblem::What::unreadable);
  CHECK(is_token(std::string(limits::token_bytes_max, 't')));
  CHECK_FALSE(is_token(std::string(limits::token_bytes_max + 1, 't')));
}

TEST_CASE("a file that others may read, that is another source's or damaged is as none") {
  const test::TempFolder folder;
  ResumeFile::open(folder.path(), film)->keep(tokens);
  const std::string file = files_in(folder.path()).at(0);
  const auto found = [&] { return ResumeFile::open(folder.path(), film)->found(); };
  REQUIRE(found());
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  CHECK_FALSE(found());
  const std::string name = std::filesystem::path(file).filename();
  const std::string head = "server = films.example.org:8090\nroom = K7QM3XFD\n";
  const auto written = [&](const std::string& text) {
    folder.write(name, text);
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    return found();
  };
  CHECK(written(head + "source = file /films/a%0Ab 100%25.mp4\nstream = s\n") == ResumeTokens{"", "s", ""});
  CHECK_FALSE(written(head + "source = file /films/a b 100%25.mp4\nstream = s\n"));  // the same hash by chance
  CHECK_FALSE(written(head + "source = file /films/a%0Ab 100%25.mp4\nstream = s t\n"));
  CHECK_FALSE(written(""));
  CHECK_FALSE(ResumeFile::open("/proc/nowhere", film));
}

}  // namespace matinee::desktop
