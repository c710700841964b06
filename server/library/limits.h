// Every bound of the library by name; how much may be kept is set by --library-person and --library-total. Pure values, any thread.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace matinee::library::limits {

inline constexpr std::int64_t items_max = 5'000;  // of one server
inline constexpr std::int64_t items_per_person_max = 500;
inline constexpr std::size_t title_code_points_max = 120;  // longer file names are cut, longer new titles refused
inline constexpr std::size_t source_bytes_max = 512;       // what a page knows its file by
inline constexpr std::size_t uploads_at_once_max = 16;     // that bytes come for at one moment
inline constexpr std::size_t pieces_waiting_max = 64;      // for the disk: one of each upload, and what opens and closes them
inline constexpr std::size_t work_waiting_max = 256;       // for a look into a file or its removal; the rest is found at the next round
inline constexpr std::int64_t upload_kept_ms = 24LL * 3'600'000;          // an upload that no byte came for
inline constexpr std::int64_t refused_kept_ms = 24LL * 3'600'000;         // the row that says why
inline constexpr std::uint64_t disk_reserve_bytes = 256LL * 1024 * 1024;  // left to the database
inline constexpr std::chrono::milliseconds drop_look_every{2'000};        // a dropped file is taken when two looks find it the same
inline constexpr std::size_t drop_files_max = 100;                        // of one look
inline constexpr std::chrono::milliseconds sweep_every{10 * 60'000};

// Of one child process; one runs at a time.
inline constexpr std::size_t probe_output_bytes_max = 64 * 1024;
inline constexpr std::chrono::milliseconds probe_max{60'000};
inline constexpr std::size_t picture_bytes_max = 512 * 1024;
inline constexpr std::chrono::milliseconds picture_max{60'000};
inline constexpr std::int64_t child_cpu_s = 20;
inline constexpr int look_nice = 5;     // somebody waits for it
inline constexpr int sample_nice = 19;  // nobody does
inline constexpr int looks_max = 3;     // of one file, while each runs out of time: a machine that is busy is no broken file
inline constexpr std::uint64_t child_memory_bytes_max = 2'048LL * 1024 * 1024;  // of addresses: half of it is the program itself
inline constexpr std::chrono::milliseconds sample_max{15 * 60'000};
inline constexpr std::int64_t sample_cpu_s = 600;
inline constexpr std::uint64_t sample_bytes_max = 64LL * 1024 * 1024;

inline constexpr std::size_t stills_waiting_max = 16;          // of live streams, for the one child that makes them
inline constexpr std::chrono::milliseconds still_max{10'000};  // for one

// Recordings of live streams.
inline constexpr std::uint64_t recording_bytes_max = 16LL * 1024 * 1024 * 1024;  // of one
inline constexpr std::uint64_t recording_first_bytes = 1024 * 1024;              // one begins where there is room for so much
inline constexpr std::chrono::milliseconds recording_sync_every{5'000};          // what a loss of power may cost
inline constexpr std::chrono::milliseconds copy_max{15 * 60'000};                // for the child that gives a recording its index
inline constexpr std::int64_t copy_cpu_s = 300;

inline constexpr std::int64_t duration_ms_max = 7LL * 24 * 3'600'000;  // no longer position exists in a room

}  // namespace matinee::library::limits
