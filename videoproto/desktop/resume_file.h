// ResumeFile: what a `send` that was killed needs to go on where it was: the resume tokens of its connection and of its stream, in a file
// of their own for each server, room and source. It is there while the program sends and gone after an orderly end; what is found at the
// start is from one that was killed. The server takes such tokens for 30 seconds; later they are refused, and everything begins anew.
// A second program that sends the same at the same time finds the lock taken and keeps nothing, so that neither takes over the other's.
// Thread rule: one thread at a time.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "videoproto/desktop/address.h"

namespace matinee::desktop {

struct ResumeKey {
  Address server;
  std::string room;
  std::string source;  // kind and name: "file /home/ada/film.mp4", "camera 0"
};

struct ResumeTokens {
  std::string connection, stream;  // either may be empty
  std::string pair;                // the code that the person came in with, empty with a login: another code may be another person
  bool operator==(const ResumeTokens&) const = default;
};

class ResumeFile {
 public:
  // Null: something else sends this from here, or the folder cannot be written; then it goes without.
  [[nodiscard]] static std::unique_ptr<ResumeFile> open(const std::string& folder, ResumeKey key);
  ~ResumeFile();  // the file stays
  ResumeFile(const ResumeFile&) = delete;
  ResumeFile& operator=(const ResumeFile&) = delete;

  // What was in the file when it was opened.
  [[nodiscard]] const std::optional<ResumeTokens>& found() const { return found_; }
  void keep(const ResumeTokens& tokens);
  void remove();

 private:
  ResumeFile(std::string file, int lock, ResumeKey key);
  [[nodiscard]] std::optional<ResumeTokens> read() const;

  std::string file_;
  int lock_;
  ResumeKey key_;
  std::optional<ResumeTokens> found_;
};

// $XDG_STATE_HOME/matinee, else ~/.local/state/matinee.
[[nodiscard]] std::string default_state_folder();

}  // namespace matinee::desktop
