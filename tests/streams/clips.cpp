#include "tests/streams/clips.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace matinee::streams::test {
namespace {

const matinee::test::TempFolder& folder() {
  static const matinee::test::TempFolder one;
  return one;
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) found.push_back(cell);
  return found;
}

std::optional<std::int64_t> us(const std::string& seconds) {
  if (seconds.empty() || seconds == "N/A") return std::nullopt;
  return std::llround(std::stod(seconds) * 1e6);
}

}  // namespace

Buffer read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string new_file(const std::string& name) { return folder().path() + "/" + name; }

std::string write_file(const std::string& name, Bytes bytes) {
  return folder().write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});  // NOLINT: bytes as text
}

const Buffer& clip(const std::string& arguments, const std::string& form) {
  static std::map<std::string, Buffer> made;
  const auto [place, fresh] = made.try_emplace(arguments + " -f " + form);
  if (fresh) {
    const std::string file = new_file("clip" + std::to_string(made.size()));
    run("ffmpeg -nostdin -v error -y " + place->first + " '" + file + "'");
    place->second = read_file(file);
  }
  return place->second;
}

std::string pictures(double seconds, int width, int height) {
  return " -f lavfi -i testsrc=r=25:s=" + std::to_string(width) + "x" + std::to_string(height) + ":d=" + std::to_string(seconds) +
         ",format=yuv420p";
}
std::string tone(double seconds) { return " -f lavfi -i sine=r=48000:d=" + std::to_string(seconds); }

std::vector<Probed> Listing::of(bool video) const {
  std::vector<Probed> found;
  std::copy_if(packets.begin(), packets.end(), std::back_inserter(found), [&](const Probed& packet) { return packet.video == video; });
  return found;
}

Listing probe(const std::string& path) {
  const std::string out = new_file("probe.csv"), errors = new_file("probe.txt");
  run("ffprobe -v warning -show_packets -show_entries packet=codec_type,pts_time,dts_time,size,pos,flags -of csv=p=0 '" + path + "' > '" +
      out + "' 2> '" + errors + "'");
  Listing listing;
  std::ifstream file(out);
  for (std::string line; std::getline(file, line);) {
    const auto cell = cells(line);  // in ffprobe's own order
    if (cell.size() < 6) continue;
    Probed packet{cell[0] == "video", cell[5].starts_with('K'), us(cell[1]), us(cell[2]), {}, std::stoull(cell[3])};
    if (cell[4] != "N/A") packet.position = std::stoull(cell[4]);
    listing.packets.push_back(packet);
  }
  std::ifstream told(errors);
  listing.complaints.assign(std::istreambuf_iterator<char>(told), std::istreambuf_iterator<char>());
  return listing;
}

Listing probe(Bytes bytes) { return probe(write_file("probed", bytes)); }

bool contains(Bytes whole, Bytes part) { return std::search(whole.begin(), whole.end(), part.begin(), part.end()) != whole.end(); }

void in_pieces(Bytes bytes, unsigned seed, const std::function<void(Bytes)>& feed) {
  std::mt19937 random(seed);
  while (!bytes.empty()) {
    const std::size_t most = random() % 3 == 0 ? 3'000 : random() % 2 == 0 ? 200 : 7;
    const std::size_t size = std::min<std::size_t>(bytes.size(), 1 + random() % most);
    // A copy of the exact size, gone afterwards: whoever keeps or reads more is seen by the sanitizer.
    const Buffer piece(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    feed(piece);
    bytes = bytes.subspan(size);
  }
}

}  // namespace matinee::streams::test
