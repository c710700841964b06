// What people paste, as tables: the video or the file it is, or the reason why it is refused.
#include "rooms/media_link.h"
#include <catch2/catch.hpp>
#include <string>
#include "rooms/limits.h"

using namespace matinee::rooms;

namespace {

struct Video {
  const char* pasted;
  std::int64_t start_ms;
  bool live;
};
struct File {
  const char* pasted;
  const char* url;
  MediaKind kind;
  std::int64_t start_ms;
};
struct Refused {
  const char* pasted;
  const char* detail;
};

// All of them are the video dQw4w9WgXcQ.
const Video videos[] = {
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"http://www.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://m.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://music.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://gaming.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", 0, false},
    {"https://youtube-nocookie.com/embed/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube-nocookie.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ", 0, false},
    {"http://youtu.be/dQw4w9WgXcQ", 0, false},
    {"https://www.youtu.be/dQw4w9WgXcQ", 0, false},
    {"youtu.be/dQw4w9WgXcQ", 0, false},
    {"www.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"m.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"//www.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"//youtu.be/dQw4w9WgXcQ", 0, false},
    {"HTTPS://WWW.YOUTUBE.COM/watch?v=dQw4w9WgXcQ", 0, false},
    {"hTTps://wWw.YouTube.CoM/watch?v=dQw4w9WgXcQ", 0, false},
    {"YOUTU.BE/dQw4w9WgXcQ", 0, false},
    {"Youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"  https://www.youtube.com/watch?v=dQw4w9WgXcQ  ", 0, false},
    {"\thttps://youtu.be/dQw4w9WgXcQ\n", 0, false},
    {"\"https://youtu.be/dQw4w9WgXcQ\"", 0, false},
    {"'https://youtu.be/dQw4w9WgXcQ'", 0, false},
    {"<https://youtu.be/dQw4w9WgXcQ>", 0, false},
    {"\xE2\x80\x9Chttps://youtu.be/dQw4w9WgXcQ\xE2\x80\x9D", 0, false},
    {"\xEF\xBB\xBFhttps://youtu.be/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?feature=share&v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&ab_channel=X", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1234567890&index=3", 0, false},
    {"https://www.youtube.com/watch?list=PL1234567890&v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ#comments", 0, false},
    {"https://www.youtube.com/watch/?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=youtu.be", 0, false},
    {"https://www.youtube.com/watch?v=&v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?a=1&amp;v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&si=AbC-_dEf123", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ?si=AbC-_dEf123", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ?list=PL123", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ/", 0, false},
    {"https://youtu.be/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ#frag", 0, false},
    {"https://youtu.be//dQw4w9WgXcQ", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ&feature=share", 0, false},
    {"https://www.youtube.com/shorts/dQw4w9WgXcQ", 0, false},
    {"https://youtube.com/shorts/dQw4w9WgXcQ?feature=share", 0, false},
    {"https://m.youtube.com/shorts/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/shorts/dQw4w9WgXcQ/", 0, false},
    {"https://www.youtube.com/embed/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0", 0, false},
    {"https://www.youtube.com/embed/dQw4w9WgXcQ&autoplay=1", 0, false},
    {"https://www.youtube.com/v/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/v/dQw4w9WgXcQ?version=3&hl=en", 0, false},
    {"https://www.youtube.com/v/dQw4w9WgXcQ&hl=en_US&fs=1", 0, false},
    {"https://www.youtube.com/e/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/vi/dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/#/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://m.youtube.com/#/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch#!v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch#v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com:443/watch?v=dQw4w9WgXcQ", 0, false},
    {"http://www.youtube.com:80/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com./watch?v=dQw4w9WgXcQ", 0, false},
    {"youtube.com:443/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/attribution_link?a=abc&u=/watch?v=dQw4w9WgXcQ&feature=share", 0, false},
    {"https://www.youtube.com/attribution_link?a=abc&u=%2Fwatch%3Fv%3DdQw4w9WgXcQ%26feature%3Dshare", 0, false},
    {"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ&gl=DE", 0, false},
    {"https://accounts.youtube.com/x?next=%2Fwatch%3Fv%3DdQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ?feature=x", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&title=a b", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&x=|[]", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&title=\xC3\xA4", 0, false},
    {"https://www.youtube.com/watch&v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=soon", 0, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90", 90'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s", 90'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1h2m3s", 3'723'000, false},
    {"https://www.youtube.com/watch?t=1m30s&v=dQw4w9WgXcQ", 90'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&start=45", 45'000, false},
    {"https://www.youtube.com/embed/dQw4w9WgXcQ?start=30", 30'000, false},
    {"https://youtu.be/dQw4w9WgXcQ?t=12", 12'000, false},
    {"https://youtu.be/dQw4w9WgXcQ?si=x&t=12", 12'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=1m5s", 65'000, false},
    {"https://youtu.be/dQw4w9WgXcQ#t=90", 90'000, false},
    {"https://www.youtube.com/v/dQw4w9WgXcQ&start=7", 7'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&time_continue=8", 8'000, false},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQ?t=20", 20'000, false},
    {"https://youtu.be/dQw4w9WgXcQ&t=15", 15'000, false},
    // Among words.
    {"look at https://youtu.be/dQw4w9WgXcQ it is good", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ it is good", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ?t=90 it is good", 90'000, false},
    {"look: https://youtu.be/dQw4w9WgXcQ.", 0, false},
    {"(https://youtu.be/dQw4w9WgXcQ?t=12)", 12'000, false},
    {"https://youtu.be/dQw4w9WgXcQ!", 0, false},
    {"A film\nhttps://youtu.be/dQw4w9WgXcQ\n", 0, false},
    {"A filmhttps://youtu.be/dQw4w9WgXcQ", 0, false},
    {"A film\xC2\xA0https://youtu.be/dQw4w9WgXcQ\xC2\xA0it is", 0, false},
    {"look at youtu.be/dQw4w9WgXcQ it is good", 0, false},
    {"look at (www.youtube.com/watch?v=dQw4w9WgXcQ), and/or not", 0, false},
    {"<a href=\"https://youtu.be/dQw4w9WgXcQ\">A film</a>", 0, false},
    {"https://example.org/page and HTTPS://youtu.be/dQw4w9WgXcQ", 0, false},
    {"https://youtu.be/dQw4w9WgXcQ or https://www.youtube.com/watch?v=dQw4w9WgXcQ", 0, false},
    {"https://www.youtube.com/live/dQw4w9WgXcQ", 0, true},
    {"https://youtube.com/live/dQw4w9WgXcQ?feature=share", 0, true},
    {"https://www.youtube.com/live/dQw4w9WgXcQ?t=60", 60'000, true},
};

const File files[] = {
    // A video of this server's library, under whatever name somebody reaches it.
    {"/library/0123456789abcdef0123456789abcdef", "/library/0123456789abcdef0123456789abcdef", MediaKind::file, 0},
    {" /library/0123456789abcdef0123456789abcdef#t=90 ", "/library/0123456789abcdef0123456789abcdef", MediaKind::file, 90'000},
    {"http://192.168.1.5:8080/library/0123456789abcdef0123456789abcdef", "/library/0123456789abcdef0123456789abcdef", MediaKind::file, 0},
    {"https://matinee.example/library/0123456789abcdef0123456789abcdef?x=1#t=5", "/library/0123456789abcdef0123456789abcdef",
     MediaKind::file, 5'000},
    {"https://example.org/film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"https://example.org/film.m4v", "https://example.org/film.m4v", MediaKind::file, 0},
    {"https://example.org/film.webm", "https://example.org/film.webm", MediaKind::file, 0},
    {"https://example.org/film.mov", "https://example.org/film.mov", MediaKind::file, 0},
    {"https://example.org/film.ogv", "https://example.org/film.ogv", MediaKind::file, 0},
    {"https://example.org/film.mp3", "https://example.org/film.mp3", MediaKind::file, 0},
    {"https://example.org/film.m4a", "https://example.org/film.m4a", MediaKind::file, 0},
    {"https://example.org/film.ogg", "https://example.org/film.ogg", MediaKind::file, 0},
    {"https://example.org/film.opus", "https://example.org/film.opus", MediaKind::file, 0},
    {"https://example.org/film.wav", "https://example.org/film.wav", MediaKind::file, 0},
    {"https://example.org/live/index.m3u8", "https://example.org/live/index.m3u8", MediaKind::hls, 0},
    {"https://example.org/INDEX.M3U8", "https://example.org/INDEX.M3U8", MediaKind::hls, 0},
    {"https://example.org/Film.MP4", "https://example.org/Film.MP4", MediaKind::file, 0},
    {"https://example.org/film.WebM", "https://example.org/film.WebM", MediaKind::file, 0},
    {"http://example.org/film.mp4", "http://example.org/film.mp4", MediaKind::file, 0},
    {"example.org/film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"//example.org/film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"HTTP://Example.ORG/Film.mp4", "http://example.org/Film.mp4", MediaKind::file, 0},
    {"https://example.org/film.mp4?token=abc&e=1", "https://example.org/film.mp4?token=abc&e=1", MediaKind::file, 0},
    {"https://example.org/film.mp4?sig=a%2Fb%3D%3d", "https://example.org/film.mp4?sig=a%2Fb%3D%3d", MediaKind::file, 0},
    {"https://example.org/master.m3u8?x=y", "https://example.org/master.m3u8?x=y", MediaKind::hls, 0},
    {"https://example.org/film.mp4#t=90", "https://example.org/film.mp4", MediaKind::file, 90'000},
    {"https://example.org/film.mp4#t=10,20", "https://example.org/film.mp4", MediaKind::file, 10'000},
    {"https://example.org/film.mp4#t=npt:15", "https://example.org/film.mp4", MediaKind::file, 15'000},
    {"https://example.org/film.mp4#chapter", "https://example.org/film.mp4", MediaKind::file, 0},
    {"https://example.org/film.mp4?t=90", "https://example.org/film.mp4?t=90", MediaKind::file, 0},
    {"https://example.org/my film.mp4", "https://example.org/my%20film.mp4", MediaKind::file, 0},
    {"the film: https://example.org/film.mp4, in HD", "https://example.org/film.mp4", MediaKind::file, 0},
    {"the film: https://example.org/my film.mp4", "https://example.org/my%20film.mp4", MediaKind::file, 0},
    {"see https://example.org/film(1).mp4)", "https://example.org/film(1).mp4", MediaKind::file, 0},
    {"see https://example.org/film.mp4?sig=(a)", "https://example.org/film.mp4?sig=(a)", MediaKind::file, 0},
    {"https://example.org/film.mp4?sig=a.", "https://example.org/film.mp4?sig=a.", MediaKind::file, 0},
    {"https://example.org/a|b[1].mp4", "https://example.org/a%7Cb%5B1%5D.mp4", MediaKind::file, 0},
    {"https://example.org/\xC3\xA4.mp4", "https://example.org/%C3%A4.mp4", MediaKind::file, 0},
    {"https://example.org/100%.mp4", "https://example.org/100%25.mp4", MediaKind::file, 0},
    {"https://example.org:8443/film.mp4", "https://example.org:8443/film.mp4", MediaKind::file, 0},
    {"https://example.org:443/film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"http://example.org:80/film.mp4", "http://example.org/film.mp4", MediaKind::file, 0},
    {"http://example.org:443/film.mp4", "http://example.org:443/film.mp4", MediaKind::file, 0},
    {"https://example.org:/film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"https://example.org:65535/film.mp4", "https://example.org:65535/film.mp4", MediaKind::file, 0},
    {"https://example.org:1/film.mp4", "https://example.org:1/film.mp4", MediaKind::file, 0},
    {"http://192.168.1.20:8080/film.mp4", "http://192.168.1.20:8080/film.mp4", MediaKind::file, 0},
    {"http://[::1]:8080/film.mp4", "http://[::1]:8080/film.mp4", MediaKind::file, 0},
    {"http://[2001:db8::7]/film.mp4", "http://[2001:db8::7]/film.mp4", MediaKind::file, 0},
    {"http://nas/film.mp4", "http://nas/film.mp4", MediaKind::file, 0},
    {"http://my_nas.local/film.mp4", "http://my_nas.local/film.mp4", MediaKind::file, 0},
    {"http://localhost:8080/library/film.mp4", "http://localhost:8080/library/film.mp4", MediaKind::file, 0},
    {"https://xn--bcher-kva.example/film.mp4", "https://xn--bcher-kva.example/film.mp4", MediaKind::file, 0},
    {"https://example.org./film.mp4", "https://example.org/film.mp4", MediaKind::file, 0},
    {"https://example.org/a/../film.mp4", "https://example.org/a/../film.mp4", MediaKind::file, 0},
    {"https://example.org/a%2Fb%3d.mp4", "https://example.org/a%2Fb%3d.mp4", MediaKind::file, 0},
    {"https://example.org/a.b/c.d.mp4", "https://example.org/a.b/c.d.mp4", MediaKind::file, 0},
    {"https://example.org/film%2Emp4", "https://example.org/film%2Emp4", MediaKind::file, 0},
    {"<https://example.org/film.mp4>", "https://example.org/film.mp4", MediaKind::file, 0},
    {"example.org:8080/film.mp4", "https://example.org:8080/film.mp4", MediaKind::file, 0},
    {"https://example.org/watch/youtube.com/film.mp4", "https://example.org/watch/youtube.com/film.mp4", MediaKind::file, 0},
    {"https://example.org/film.mp4?u=https://youtube.com@x", "https://example.org/film.mp4?u=https://youtube.com@x", MediaKind::file, 0},
};

const Refused refused[] = {
    {"", "empty"},
    {"   ", "empty"},
    {"\t\n", "empty"},
    {"\"\"", "empty"},
    {"<>", "empty"},
    {"\xE2\x80\x8B", "empty"},
    {"hello", "not_a_link"},
    {"hello world", "not_a_link"},
    {"watch this film", "not_a_link"},
    {"/library/film.mp4", "not_a_link"},
    {"/live/", "not_a_link"},
    {"/live/07", "not_a_link"},
    {"/live/7/hls/index.m3u8", "not_a_link"},
    {"/live/12345678901234567", "not_a_link"},
    {"https://example.org/live/07", "not_media"},
    {"https://example.org/live/7.mjpg", "not_media"},
    {"https://example.org/live/7a", "not_media"},
    {"https://example.org/live/12345678901234567", "not_media"},
    {"https://example.org/x/live/7", "not_media"},
    {"./film.mp4", "not_a_link"},
    {"../film.mp4", "not_a_link"},
    {"film", "not_a_link"},
    {"?v=dQw4w9WgXcQ", "not_a_link"},
    {"#x", "not_a_link"},
    {"dQw4w9WgXcQ", "not_a_link"},
    {"https:/www.youtube.com/watch?v=dQw4w9WgXcQ", "not_a_link"},
    {"https:www.youtube.com/watch?v=dQw4w9WgXcQ", "not_a_link"},
    {"https:\\\\www.youtube.com\\watch?v=dQw4w9WgXcQ", "not_a_link"},
    {"https://www.youtube.com\\@evil.com/film.mp4", "not_a_link"},
    {"https://example.org/a\nb.mp4", "not_a_link"},
    {"https://example.org/a\tb.mp4", "not_a_link"},
    {"https://example.org/a\x01.mp4", "not_a_link"},
    {"https://example.org/\xFF.mp4", "not_a_link"},
    {"http:", "not_a_link"},
    {"hello world.mp4", "not_a_link"},
    {".mp4", "not_a_link"},
    {"javascript:alert(1)", "scheme"},
    {"data:video/mp4;base64,AAAA", "scheme"},
    {"ftp://example.org/film.mp4", "scheme"},
    {"file:///etc/passwd", "scheme"},
    {"rtmp://example.org/live", "scheme"},
    {"blob:https://example.org/1", "scheme"},
    {"mailto:a@b.c", "scheme"},
    {"vbscript:x", "scheme"},
    {"about:blank", "scheme"},
    {"ws://example.org/film.mp4", "scheme"},
    {"httpss://example.org/film.mp4", "scheme"},
    {"magnet:?xt=urn", "scheme"},
    {"view-source:https://youtu.be/dQw4w9WgXcQ", "scheme"},
    {"youtube:dQw4w9WgXcQ", "scheme"},
    {"intent://youtube.com/watch?v=dQw4w9WgXcQ", "scheme"},
    {"https://youtube.com@evil.com/film.mp4", "user_info"},
    {"https://www.youtube.com:pw@evil.com/watch?v=dQw4w9WgXcQ", "user_info"},
    {"https://user@youtube.com/watch?v=dQw4w9WgXcQ", "user_info"},
    {"https://user:pw@example.org/film.mp4", "user_info"},
    {"youtube.com@evil.com/watch?v=dQw4w9WgXcQ", "user_info"},
    {"//www.youtube.com@evil.com/film.mp4", "user_info"},
    {"https://@example.org/film.mp4", "user_info"},
    {"https://youtu.be%2F@evil.com/film.mp4", "user_info"},
    {"https://youtube.com.evil.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://evilyoutube.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://youtu.be.evil.com/dQw4w9WgXcQ", "look_alike"},
    {"https://notyoutu.be/dQw4w9WgXcQ", "look_alike"},
    {"https://www.youtube.com.br/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://y0utube.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://you-tube.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://youtube.co/film.mp4", "look_alike"},
    {"https://youtube-com.evil.org/film.mp4", "look_alike"},
    {"https://youtube-nocookie.com.evil.org/embed/dQw4w9WgXcQ", "look_alike"},
    {"https://myyoutube-nocookie.com/embed/dQw4w9WgXcQ", "look_alike"},
    {"https://y0utu.be/dQw4w9WgXcQ", "look_alike"},
    {"evilyoutube.com/film.mp4", "look_alike"},
    {"https://EvilYouTube.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://wwwyoutube.com/watch?v=dQw4w9WgXcQ", "look_alike"},
    {"https://www.youtube.com/", "no_video_id"},
    {"https://www.youtube.com", "no_video_id"},
    {"https://youtu.be/", "no_video_id"},
    {"youtube.com", "no_video_id"},
    {"https://www.youtube.com/watch", "no_video_id"},
    {"https://www.youtube.com/watch?v=", "no_video_id"},
    {"https://www.youtube.com/playlist?list=PL1234567890", "no_video_id"},
    {"https://www.youtube.com/watch?list=PL1234567890", "no_video_id"},
    {"https://www.youtube.com/@channel", "no_video_id"},
    {"https://www.youtube.com/channel/UC1234", "no_video_id"},
    {"https://www.youtube.com/c/name", "no_video_id"},
    {"https://www.youtube.com/user/name", "no_video_id"},
    {"https://www.youtube.com/results?search_query=x", "no_video_id"},
    {"https://www.youtube.com/embed/videoseries?list=PL123", "no_video_id"},
    {"https://www.youtube.com/embed/live_stream?channel=UC123", "no_video_id"},
    {"https://www.youtube.com/shorts/", "no_video_id"},
    {"https://www.youtube.com/shorts", "no_video_id"},
    {"https://www.youtube.com/embed/", "no_video_id"},
    {"https://www.youtube.com/feed/trending?v=dQw4w9WgXcQ", "no_video_id"},
    {"https://www.youtube.com/clip/UgkxAbc", "no_video_id"},
    {"https://consent.youtube.com/m?continue=https%3A%2F%2Fevil.com%2Ffilm.mp4", "no_video_id"},
    {"https://www.youtube.com/attribution_link?u=https://evil.com/film.mp4", "no_video_id"},
    {"https://www.youtube.com/x?u=/x%3Fu%3D/x%253Fu%253D/watch", "no_video_id"},
    {"https://youtu.be/watch", "no_video_id"},
    {"https://www.youtube.com/watch?v=dQw4w9WgXc", "bad_video_id"},
    {"https://www.youtube.com/watch?v=dQw4w9WgXcQQ", "bad_video_id"},
    {"https://youtu.be/dQw4w9WgXc", "bad_video_id"},
    {"https://youtu.be/dQw4w9WgXcQQ", "bad_video_id"},
    {"https://www.youtube.com/shorts/short", "bad_video_id"},
    {"https://www.youtube.com/embed/dQw4w9WgXc!", "bad_video_id"},
    {"https://www.youtube.com/watch?v=dQw4w9WgXc.", "bad_video_id"},
    {"https://www.youtube.com/watch?v=dQw4w9WgX%20Q", "bad_video_id"},
    {"https://www.youtube.com/watch?v=dQw4w9WgX+Q", "bad_video_id"},
    {"https://www.youtube.com/watch?v=%3Cscript%3E1", "bad_video_id"},
    {"https://www.youtube.com/live/dQw4w9WgXc\xC3\xA4", "bad_video_id"},
    {"https://youtu.be/favicon.ico", "bad_video_id"},
    {"https://www.youtube.com/v/dQw4w9WgXc%00", "bad_video_id"},
    {"https://example.org/library/0123456789abcdef0123456789abcde", "not_media"},
    {"https://example.org/library/0123456789ABCDEF0123456789ABCDEF", "not_media"},
    {"https://example.org/library/0123456789abcdef0123456789abcdef/thumb.jpg", "not_media"},
    {"https://example.org/x/library/0123456789abcdef0123456789abcdef", "not_media"},
    {"https://example.org/", "not_media"},
    {"https://example.org", "not_media"},
    {"https://example.org/page.html", "not_media"},
    {"https://example.org/film.mkv", "not_playable"},
    {"https://example.org/film.AVI", "not_playable"},
    {"https://example.org/film.mpd?x=1", "not_playable"},
    {"https://example.org/film.avi it is good", "not_playable"},
    {"look at https://example.org/film.wmv it is good", "not_playable"},
    {"look at https://example.org/page it is good", "not_media"},
    {"look at https://youtu.be/dQw4w9WgXc it is good", "bad_video_id"},
    {"look at https://www.youtube.com/ it is good", "no_video_id"},
    {"look at https://evilyoutube.com/watch?v=dQw4w9WgXcQ it is good", "look_alike"},
    {"look at https://user:pw@example.org/film.mp4", "user_info"},
    {"try view-source:https://youtu.be/dQw4w9WgXcQ", "not_a_link"},
    {"and/or both a.b/c", "not_a_link"},
    {"https://youtu.be/dQw4w9WgXcQ https://youtu.be/aaaaaaaaaaa", "several_links"},
    {"https://example.org/a.mp4 and https://example.org/b.mp4.", "several_links"},
    {"https://example.org/film", "not_media"},
    {"https://example.org/mp4", "not_media"},
    {"https://example.org/.mp4", "not_media"},
    {"https://example.org/film.mp4/", "not_media"},
    {"https://example.org/film.mp4.exe", "not_media"},
    {"https://example.org/?f=film.mp4", "not_media"},
    {"https://example.org/#film.mp4", "not_media"},
    {"https://vimeo.com/12345", "not_media"},
    {"https://example.org/film.m3u", "not_media"},
    {"film.mp4", "not_media"},
    {"example.org", "not_media"},
    {"https://example.org/film.mp4%00.html", "not_media"},
    {"https://", "bad_host"},
    {"http:///film.mp4", "bad_host"},
    {"https://ex ample.org/film.mp4", "bad_host"},
    {"https://\xC3\xA4.example/film.mp4", "bad_host"},
    {"https://youtub\xD0\xB5.com/watch?v=dQw4w9WgXcQ", "bad_host"},
    {"https://%79outube.com/watch?v=dQw4w9WgXcQ", "bad_host"},
    {"https://a..b/film.mp4", "bad_host"},
    {"https://.example.org/film.mp4", "bad_host"},
    {"https://[::1/film.mp4", "bad_host"},
    {"https://[zz]/film.mp4", "bad_host"},
    {"https://1.2.3/film.mp4", "bad_host"},
    {"https://2130706433/film.mp4", "bad_host"},
    {"https://0x7f.0x1/film.mp4", "bad_host"},
    {"https://999.1.1.1/film.mp4", "bad_host"},
    {"https://exa<mple.org/film.mp4", "bad_host"},
    {"https://exa|mple/film.mp4", "bad_host"},
    {"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org/film.mp4", "bad_host"},
    {"https://?v=x", "bad_host"},
    {"//", "bad_host"},
    {"https://example.org,evil.com/film.mp4", "bad_host"},
    {"https://.", "bad_host"},
    {"https://example.org:0/film.mp4", "bad_port"},
    {"https://example.org:65536/film.mp4", "bad_port"},
    {"https://example.org:abc/film.mp4", "bad_port"},
    {"https://example.org:80a/film.mp4", "bad_port"},
    {"https://example.org:-1/film.mp4", "bad_port"},
    {"https://example.org:99999999999/film.mp4", "bad_port"},
    {"https://example.org:80:80/film.mp4", "bad_port"},
    {"https://www.youtube.com:8080/watch?v=dQw4w9WgXcQ", "bad_port"},
    {"https://youtu.be:8443/dQw4w9WgXcQ", "bad_port"},
    {"http://[::1]:70000/film.mp4", "bad_port"},
    {"https://example.org: 80/film.mp4", "bad_port"},
};

std::string detail_of(const std::string& pasted) {
  const auto media = parse_media_link(pasted);
  return media ? "taken as " + media->url : media.error().detail;
}

}  // namespace

TEST_CASE("every usual form of a YouTube link is the same video", "[rooms]") {
  for (const Video& video : videos) {
    CAPTURE(video.pasted);
    const auto media = parse_media_link(video.pasted);
    INFO((media ? std::string() : media.error().detail));
    REQUIRE(media);
    CHECK(media->kind == MediaKind::youtube);
    CHECK(media->video_id == "dQw4w9WgXcQ");
    CHECK(media->url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ");
    CHECK(media->start_ms == video.start_ms);
    CHECK(media->live == video.live);
  }
}

TEST_CASE("direct links to media files are taken in a normal form", "[rooms]") {
  for (const File& file : files) {
    CAPTURE(file.pasted);
    const auto media = parse_media_link(file.pasted);
    INFO((media ? std::string() : media.error().detail));
    REQUIRE(media);
    CHECK(media->kind == file.kind);
    CHECK(media->url == file.url);
    CHECK(media->start_ms == file.start_ms);
    CHECK(media->video_id.empty());
    CHECK_FALSE(media->live);
  }
}

TEST_CASE("a stream of this server is its number, under whatever name somebody reaches it", "[rooms]") {
  for (const char* pasted :
       {"/live/4294967296", " /live/4294967296 ", "http://192.168.1.5:8080/live/4294967296", "matinee.example/live/4294967296",
        "https://matinee.example/live/4294967296?x=1#t=5", "see https://matinee.example/live/4294967296, it is good"}) {
    CAPTURE(pasted);
    const auto media = parse_media_link(pasted);
    REQUIRE(media);
    CHECK(*media == MediaRef{MediaKind::stream, "/live/4294967296", "", 0, true});
  }
  CHECK(parse_media_link("/live/1234567890123456")->url == "/live/1234567890123456");
  CHECK(parse_media_link("https://example.org/live/7/hls/index.m3u8")->kind == MediaKind::hls);  // of another server
}

TEST_CASE("a normal form is its own normal form", "[rooms]") {
  for (const File& file : files) {
    CAPTURE(file.url);
    const auto media = parse_media_link(file.url);
    REQUIRE(media);
    CHECK(media->url == file.url);
  }
}

TEST_CASE("everything else is refused with its reason", "[rooms]") {
  for (const Refused& link : refused) {
    CAPTURE(link.pasted);
    CHECK(detail_of(link.pasted) == link.detail);
  }
}

TEST_CASE("a refusal is always the same code", "[rooms]") {
  for (const Refused& link : refused) CHECK(parse_media_link(link.pasted).error().code == ErrorCode::bad_media);
}

TEST_CASE("a NUL in a link is no link", "[rooms]") { CHECK(detail_of(std::string("https://example.org/a\0.mp4", 26)) == "not_a_link"); }

TEST_CASE("ids use their whole alphabet", "[rooms]") {
  for (const char* id : {"-_-_-_-_-_-", "ABCDEFGHIJK", "zzzzzzzzzzz", "01234567890"}) {
    CHECK(parse_media_link(std::string("https://youtu.be/") + id)->video_id == id);
  }
}

TEST_CASE("a link is taken at its longest and refused beyond", "[rooms]") {
  const std::string head = "https://example.org/film.mp4?x=";
  const std::string longest = head + std::string(limits::link_bytes_max - head.size(), 'a');
  CHECK(parse_media_link(longest)->url == longest);
  CHECK(parse_media_link("  " + longest + "  ")->url == longest);
  CHECK(detail_of(longest + "a") == "too_long");
  CHECK(detail_of(std::string(1'000'000, 'a')) == "too_long");
}

TEST_CASE("a link that grows too long by its escapes is refused too", "[rooms]") {
  CHECK(detail_of("https://example.org/" + std::string(1'000, '|') + ".mp4") == "too_long");
}

TEST_CASE("every reason has a sentence of its own", "[rooms]") {
  for (const Refused& link : refused) {
    CAPTURE(link.detail);
    CHECK(media_link_sentence(link.detail) != media_link_sentence("no such detail"));
  }
  // Of a room that cannot play a stream.
  for (const char* detail : {"no_stream", "stream_pictures", "stream_coding"})
    CHECK(media_link_sentence(detail) != media_link_sentence("no such detail"));
  CHECK(media_link_sentence("look_alike") == "This link's host only looks like YouTube.");
  CHECK(media_link_sentence("too_long") == "This link is too long.");
}
