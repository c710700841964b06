// What the process does about files before it serves: nobody else may read what it writes, enough descriptors for the connections it
// promises, and a data folder that can be used. Problems come back as one sentence that says what to do.
// Thread rule: main(), before other threads run.
#pragma once
#include <cstddef>
#include <string>

namespace matinee::ops {

void protect_files();                                                  // umask 077
[[nodiscard]] std::size_t raise_descriptor_limit(std::size_t wanted);  // what the limit is now: may be less than wanted
// Makes the folder (0700) when it is missing. Empty = usable.
[[nodiscard]] std::string prepare_data_folder(const std::string& path);
// What to tell the operator when bind() failed with this errno.
[[nodiscard]] std::string listen_problem(const std::string& address, std::int64_t port, int error_number);
// Replaces the file's content (0600), whole or not at all. Empty = done.
[[nodiscard]] std::string write_private_file(const std::string& path, const std::string& content);

}  // namespace matinee::ops
