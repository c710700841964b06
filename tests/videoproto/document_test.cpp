// docs/videoproto.md is a contract: its hex blocks are read here and must mean what their first lines say.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/videoproto/bytes.h"
#include "videoproto/control_codec.h"
#include "videoproto/jpeg_head.h"
#include "videoproto/parser.h"

namespace matinee::videoproto {
namespace {

struct Block {
  std::string title;  // FRAME, or "refused"
  std::map<std::string, std::string> fields;
  test::Bytes bytes;
};

std::string document() {
  std::ifstream file(MATINEE_VIDEOPROTO_DOCUMENT);
  std::stringstream text;
  text << file.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

std::vector<Block> blocks() {
  std::vector<Block> found;
  std::istringstream lines(document());
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (line.rfind("```", 0) == 0) {
      inside = line == "```hex";
      if (inside) found.emplace_back();
    } else if (inside && line.rfind("# ", 0) == 0) {
      std::istringstream words(line.substr(2));
      words >> found.back().title;
      for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) found.back().fields.emplace(found.back().fields.empty() ? "code" : "name", word);
        else found.back().fields[word.substr(0, equals)] = word.substr(equals + 1);
      }
    } else if (inside) {
      std::istringstream words(line);
      for (std::string word; words >> word;) found.back().bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
    }
  }
  return found;
}

class OneMessage final : public ParserSink {
 public:
  std::optional<Header> header;
  test::Bytes payload;
  Verdict on_header(const Header&) override { return Verdict::take(); }
  std::span<std::byte> on_space(const Header&, std::size_t, std::size_t missing) override {
    payload.resize(missing);
    return payload;
  }
  std::optional<ErrorCode> on_message(const Header& h) override {
    header = h;
    if (h.type == Type::frame && !h.has(flags::dup) && !scan_jpeg(payload)) return ErrorCode::bad_jpeg;
    return std::nullopt;
  }
};

Header header_of(const Block& block) {
  const auto number = [&](const char* key) { return std::stoull(block.fields.at(key)); };
  const auto type = std::find_if(all_types.begin(), all_types.end(), [&](Type t) { return name_of(t) == block.title; });
  REQUIRE(type != all_types.end());
  const auto small = [&](const char* key) { return static_cast<std::uint32_t>(number(key)); };
  return {*type,        static_cast<std::uint16_t>(number("flags")), small("length"), small("stream"), small("sequence"), small("aux"),
          number("pts")};
}

bool has_row(const std::string& text, const std::string& begin) { return text.find("\n" + begin) != std::string::npos; }

}  // namespace

TEST_CASE("the bytes in the document decode to what it says, and that encodes to the same bytes") {
  std::size_t pictures = 0, controls = 0, refusals = 0;
  for (const Block& block : blocks()) {
    CAPTURE(block.title);
    OneMessage sink;
    Parser parser(sink);
    const auto error = parser.feed(block.bytes);
    if (block.title == "refused") {
      ++refusals;
      const auto code = error_code(std::stoi(block.fields.at("code")));
      CHECK(error == code);
      CHECK(info(code.value()).name == block.fields.at("name"));
      continue;
    }
    const Header expected = header_of(block);
    CHECK_FALSE(error.has_value());
    REQUIRE(sink.header.has_value());
    CHECK(*sink.header == expected);
    CHECK(test::message(expected, sink.payload) == block.bytes);
    if (block.fields.count("jpeg") != 0) {
      ++pictures;
      const JpegHead head = scan_jpeg(sink.payload).value();
      CHECK(std::to_string(head.width) + "x" + std::to_string(head.height) == block.fields.at("jpeg"));
    }
    if (!carries_json(expected.type)) continue;
    ++controls;
    const auto message = decode_control(expected.type, sink.payload);
    REQUIRE(message.has_value());
    CHECK(type_of(*message) == expected.type);
    CHECK(test::bytes(encode_control(*message)) == sink.payload);
  }
  CHECK(pictures >= 1);
  CHECK(controls >= 10);
  CHECK(refusals >= 4);
}

TEST_CASE("the document lists every type with its number and every error with its fatality") {
  const std::string text = document();
  for (const Type type : all_types) {
    char number[3];
    std::snprintf(number, sizeof number, "%02X", static_cast<unsigned>(type));
    const std::string row = "| " + std::string(number) + " | " + std::string(name_of(type)) + " |";
    CAPTURE(row);
    CHECK(has_row(text, row));
  }
  for (int number = 1; number <= 17; ++number) {
    const ErrorInfo& error = info(error_code(number).value());
    const std::string row = "| " + std::to_string(number) + " | " + std::string(error.name) + " | " + (error.fatal ? "yes" : "no") + " |";
    CAPTURE(row);
    CHECK(has_row(text, row));
  }
}

}  // namespace matinee::videoproto
