// Every bound of a room, by name. docs/limits.md lists them; tests/rooms has one test at each and one beyond. Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::rooms::limits {

inline constexpr std::size_t chat_text_code_points_max = 4'000;
inline constexpr std::size_t message_id_bytes_max = 36;  // 8–36 of [A-Za-z0-9_-]
inline constexpr std::size_t message_id_bytes_min = 8;
inline constexpr std::size_t client_ref_bytes_max = 36;
inline constexpr std::size_t op_bytes_max = 36;
inline constexpr std::size_t room_name_code_points_max = 60;
inline constexpr std::size_t person_name_code_points_max = 32;
inline constexpr std::size_t signal_bytes_max = 1'024;
inline constexpr std::size_t link_bytes_max = 2'048;
inline constexpr std::size_t participants_max = 5'000;  // a room; configurable downwards
inline constexpr std::size_t connections_per_person_max = 8;
inline constexpr std::size_t remembered_ids = 1'000;     // (author, id) pairs known to be repeats
inline constexpr std::size_t recent_messages_max = 200;  // committed messages kept for welcome and replay
inline constexpr std::size_t welcome_messages_max = 50;
inline constexpr std::size_t welcome_bytes_max = 256 * 1024;
inline constexpr std::size_t pending_messages_max = 1'024;  // numbered, not yet committed
inline constexpr std::size_t history_page_max = 100;
inline constexpr std::size_t slow_people_max = 5'000;       // whose last message a room in slow mode remembers
inline constexpr std::size_t search_query_bytes_max = 800;  // two hundred characters of any script
inline constexpr std::size_t search_page_max = 50;
inline constexpr std::size_t emoji_bytes_max = 40;        // the longest joined emoji with skin tones has 35
inline constexpr std::size_t reaction_emoji_max = 20;     // different ones on a message
inline constexpr std::size_t reactions_max = 1'000;       // of a message, all emoji together
inline constexpr std::size_t reaction_people_told = 50;   // named for each emoji; the count is of all
inline constexpr std::size_t recent_changes_max = 200;    // of messages, remembered for replay
inline constexpr std::size_t changed_messages_kept = 64;  // older than the recent ones, changed lately
inline constexpr std::size_t waiting_changes_max = 64;    // of older messages, while those are being read
inline constexpr std::size_t blocks_max = 1'000;
inline constexpr std::size_t blocks_shown_max = 200;  // named to those who may lift them
inline constexpr std::size_t room_password_bytes_min = 4;
inline constexpr std::size_t room_password_bytes_max = 128;
inline constexpr std::size_t admitted_max = 1'000;          // let in once, by password or by somebody; beyond: the first one is forgotten
inline constexpr std::size_t askers_max = 50;               // at the door at once
inline constexpr std::size_t askers_of_an_address_max = 5;  // … of one address
inline constexpr std::size_t askers_refused_max = 200;      // remembered until they may ask again
inline constexpr std::size_t roles_max = 5'000;
inline constexpr std::size_t queue_items_max = 200;
inline constexpr std::size_t queue_bytes_max = 64 * 1024;  // of links and titles together: the whole queue is told at each change
inline constexpr std::size_t queue_title_bytes_max = 300;
inline constexpr std::size_t actions_max = 20;  // remembered for History and Undo

inline constexpr std::size_t welcome_participants_max = 500;  // further people follow in presence.diff messages of the same size
inline constexpr std::size_t presence_diff_people_max = 500;  // the rest of a burst waits for the next diff
inline constexpr std::size_t status_sampled_above = 100;      // more people than this: only changes of state are told, not milliseconds
inline constexpr std::size_t silenced_max = 1'000;
inline constexpr std::size_t departed_max = 200;  // people who left lately: they can still be blocked by name
inline constexpr std::size_t waiting_for_named_max = 8;
inline constexpr std::size_t live_streams_max = 32;       // told of a room; further ones are not
inline constexpr std::size_t live_title_bytes_max = 300;  // of a stream: a longer one is told without

inline constexpr std::int64_t absence_ms = 10'000;  // no connection this long = left
inline constexpr std::int64_t chat_burst = 8;       // token bucket; new accounts and guests: half of both
inline constexpr std::int64_t chat_per_second = 2;
inline constexpr std::int64_t command_burst = 20;  // playback and moderation commands
inline constexpr std::int64_t command_per_second = 10;
inline constexpr std::int64_t signal_burst = 40;
inline constexpr std::int64_t signal_per_second = 20;
inline constexpr std::int64_t presence_diff_interval_ms = 250;  // ≤ 4/s per room
inline constexpr std::int64_t typing_ms = 6'000;                // a typing mark ends by itself
inline constexpr std::int64_t guest_block_ms = 24 * 3'600'000;
inline constexpr std::int64_t knock_ms_max = 10 * 60'000;        // who asks to be let in waits this long
inline constexpr std::int64_t knock_again_ms = 60'000;           // after a refusal, or when nobody answered
inline constexpr std::int64_t knock_again_cancelled_ms = 5'000;  // after leaving the door by oneself
inline constexpr std::int64_t knock_burst = 20;                  // of a room, whoever knocks
inline constexpr std::int64_t knock_per_second = 2;
inline constexpr std::int64_t new_code_interval_ms = 10'000;

inline constexpr std::int64_t position_ms_max = 7LL * 24 * 3'600'000;
inline constexpr double rate_min = 0.25;
inline constexpr double rate_max = 2.0;
inline constexpr std::int64_t start_delay_ms_min = 12;  // docs: sync, "Server"
inline constexpr std::int64_t start_delay_ms_max = 400;
inline constexpr std::int64_t round_trip_ms_counted_max = 500;  // slower people catch up alone
inline constexpr std::int64_t round_trip_heard_ms = 15'000;
inline constexpr std::int64_t wait_new_video_ms = 3'000;  // policy fair
inline constexpr std::int64_t wait_seek_ms = 1'000;
inline constexpr std::int64_t wait_stall_after_ms = 2'000;
inline constexpr std::int64_t wait_stall_ms_max = 8'000;
inline constexpr std::size_t wait_stall_people_max = 8;
inline constexpr std::int64_t stream_away_ms = 30'000;        // the room's video is a stream that does not run: then it is over
inline constexpr std::int64_t snapshot_plays_on_ms = 60'000;  // down for longer: paused where it was

inline constexpr std::int64_t pause_back_ms_max = 1'000;   // how far behind the room's position a pause may freeze it
inline constexpr std::int64_t pause_ahead_ms_max = 100;    // and ahead of it: the picture that comes next
inline constexpr std::int64_t save_interval_ms = 1'000;    // playback is saved at most this often …
inline constexpr std::int64_t save_heartbeat_ms = 15'000;  // … and, while it plays for somebody, at least this often
inline constexpr std::int64_t undo_ms = 10 * 60'000;       // how long an action can be undone, while nothing of its sort followed
inline constexpr std::int64_t jump_noted_ms = 5'000;       // shorter jumps are no action
inline constexpr std::int64_t jump_merged_ms = 10'000;     // jumps of one person within this time are one action
inline constexpr std::int64_t slow_ms_max = 3'600'000;     // between two messages of one person
inline constexpr std::int64_t silence_ms_max = 365LL * 24 * 3'600'000;

}  // namespace matinee::rooms::limits
