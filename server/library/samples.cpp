#include "server/library/samples.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace matinee::library {
namespace {

struct Caption {
  int from_s;
  int to_s;
  const char* text;
};

const std::vector<Caption> of_second_hand{{0, 6, "Everybody in the room\nsees this second now."},
                                          {6, 14, "One short tone each second.\nHeard together: in step."},
                                          {14, 22, "Pause, jump, change the speed:\nit happens for all of you."},
                                          {22, 30, "The end is at 30.\nThe next in the queue follows."}};

const std::vector<Caption> of_frame{
    {0, 9, "How a frame\ntravels here"},
    {9, 21, "This film lies on the server\nas one file."},
    {21, 33, "A server that streams does not\nsend it whole. Your browser asks\nfor the bytes it needs next."},
    {33, 46, "The system's kernel copies them\nfrom the disk's cache to the wire.\nThe program never touches them."},
    {46, 59, "In your browser they become\npictures again, 25 in a second.\nThe numbers below count them."},
    {59, 73, "Nobody else's pictures\ncome to you. What you share\nis the time."},
    {73, 87, "The server keeps one line:\n\"at this moment, the film is here.\"\nThat line is all a room needs."},
    {87, 101, "Each page measures how far\nits own clock is from the server's,\nto a few thousandths of a second."},
    {101, 115, "Then it steers its player:\na little faster or slower,\nso little that nobody hears it."},
    {115, 129, "Press pause. Your page tells\nthe server, the server tells all:\n\"stand still on this frame.\""},
    {129, 143, "Jump. Everybody asks for\nother bytes, says \"ready\",\nand the room starts as one."},
    {143, 157, "Whoever is slow is waited for,\na little, and then catches up.\nThe badge says \"In step\"."},
    {157, 170, "A frame's way is short.\nThe art is that it ends\neverywhere at the same time."},
    {170, 180, "That is all.\nUpload something of your own."}};

const std::vector<Caption>& captions_of(const Sample& sample) { return sample.key == "in_step" ? of_second_hand : of_frame; }

// "drawtext=fontfile=F:textfile=T:…": every path is made of our own names; the folder's name is quoted against the filter's marks.
std::string quoted(const std::string& path) {
  std::string text = "'";
  for (const char c : path) {
    if (c == '\'') text += "'\\\\\\''";
    else text += c;
  }
  return text + "'";
}

std::string drawn_captions(const Sample& sample, const std::string& font, const std::filesystem::path& scratch) {
  std::string filters;
  int number = 0;
  for (const Caption& caption : captions_of(sample)) {
    const std::filesystem::path file = scratch / ("caption-" + std::to_string(number++) + ".txt");
    std::ofstream(file, std::ios::binary) << caption.text;
    const std::string from = std::to_string(caption.from_s);
    const std::string to = std::to_string(caption.to_s);
    filters += ",drawtext=expansion=none:fontfile=" + quoted(font) + ":textfile=" + quoted(file.string()) +
               ":fontcolor=0xfff4e6:fontsize=26:line_spacing=11:x=48:y=52:enable='gte(t," + from + ")*lt(t," + to +
               ")':alpha='min(1,min((t-" + from + ")/0.6,(" + to + "-t)/0.4))'";
  }
  return filters;
}

std::string counters(const Sample& sample, const std::string& font) {
  const std::string length = std::to_string(sample.seconds);
  return ",drawtext=fontfile=" + quoted(font) + ":text='%{eif\\:t\\:d}':fontcolor=0xffc496:fontsize=68:x=w-tw-48:y=h-th-26" +
         ",drawtext=fontfile=" + quoted(font) + ":text='frame %{frame_num} of " + std::to_string(sample.seconds * 25) +
         "':fontcolor=0xfff4e6@0.75:fontsize=18:x=48:y=h-46";
}

// Dusk over water; a sun that sinks while the film plays, a bar that fills, a light that blinks with each second's tone.
std::string picture(const Sample& sample) {
  const std::string length = std::to_string(sample.seconds);
  return "[0:v]format=yuv420p[sky];[1:v]format=rgba,geq=r=255:g=214:b=150:a='255*clip(1-(hypot(X-60,Y-60)-44)/6,0,1)'[sun];"
         "[sky][sun]overlay=x=452:y='104+120*t/" +
         length + "'[a];[2:v]format=yuv420p[sea];[a][sea]overlay=x=0:y=252[b];[3:v]format=yuv420p[bar];[b][bar]overlay=x='-w+w*t/" +
         length + "':y=h-8[c];[4:v]format=yuv420p[light];[c][light]overlay=x=w-44:y=40:enable='lt(mod(t,1),0.12)'";
}

}  // namespace

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all{{"in_step", "Sample: in step, second by second", 30},
                                       {"frame", "Sample: how a frame travels here", 180}};
  return all;
}

std::string find_font() {
  for (const char* const file : {"/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                 "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf",
                                 "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"})
    if (::access(file, R_OK) == 0) return file;
  return {};
}

std::vector<std::string> sample_words(const Sample& sample, const std::string& ffmpeg, const std::string& font,
                                      const std::filesystem::path& scratch, const std::filesystem::path& output) {
  const std::string length = std::to_string(sample.seconds);
  const std::string drawn = picture(sample) + (font.empty() ? "" : drawn_captions(sample, font, scratch) + counters(sample, font)) + "[v]";
  // A soft ground of two notes, and 880 Hz for a tenth of each second.
  const std::string tone =
      "aevalsrc='0.035*sin(2*PI*110*t)+0.025*sin(2*PI*164.8*t)+0.22*sin(2*PI*880*t)*lt(mod(t,1),0.1)*(1-10*mod(t,1))':s=48000:d=" + length;
  const auto source = [&](const std::string& what) { return std::vector<std::string>{"-f", "lavfi", "-i", what}; };
  std::vector<std::string> words{ffmpeg, "-v", "error", "-nostdin", "-y"};
  const auto add = [&](const std::vector<std::string>& more) { words.insert(words.end(), more.begin(), more.end()); };
  add(source("gradients=s=640x360:r=25:c0=0x2b1a4a:c1=0x7a2f63:c2=0xe8635a:c3=0xffb36b:n=4:x0=320:y0=0:x1=320:y1=300:speed=0.00001:d=" +
             length));
  add(source("color=c=black:s=120x120:r=25:d=" + length));
  add(source("gradients=s=640x108:r=25:c0=0xc9535c:c1=0x3a1b45:n=2:x0=320:y0=0:x1=320:y1=108:speed=0.00001:d=" + length));
  add(source("color=c=0xff9d6c:s=640x8:r=25:d=" + length));
  add(source("color=c=0xfff4e6:s=16x16:r=25:d=" + length));
  add(source(tone));
  add({"-filter_complex_threads", "1", "-filter_complex", drawn, "-map", "[v]", "-map", "5:a", "-t", length});
  add({"-threads", "1", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac", "-b:a",
       "96k"});
  add({"-movflags", "+faststart", "-f", "mp4", "file:" + output.string()});
  return words;
}

}  // namespace matinee::library
