// Visit: one request of a person with a browser: who they are, the token of their forms, and the ways to answer. Made by on_page()
// and on_form(), which look the session up first; on_form() also checks Origin and form token, so a handler never has to.
// Thread rule: the loop that read the request. Keep the shared pointer while work is under way elsewhere.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include "server/auth/identity.h"
#include "server/http/form.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/pages/model.h"
#include "server/pages/services.h"
#include "server/pages/strings.h"

namespace matinee::pages {

inline constexpr std::size_t form_bytes_max = 32 * 1024;

class Visit {
 public:
  Visit(const Services& all, http::RequestPtr request_, http::Responder responder_);

  const Services& services;
  const LoopServices here;
  const http::RequestPtr request;
  const Words& words;  // in the language of whoever asks
  std::optional<auth::Identity> who;

  [[nodiscard]] bool has_account() const { return who && who->kind == rooms::PersonKind::account; }
  [[nodiscard]] bool is_guest() const { return who && who->kind == rooms::PersonKind::guest; }
  [[nodiscard]] rooms::Person person() const;  // as rooms judge who they show themselves to; nobody without a session
  [[nodiscard]] bool secure() const;
  [[nodiscard]] auth::Client client() const;
  [[nodiscard]] std::string csrf();  // makes a visitor cookie when there is nothing yet to bind it to
  [[nodiscard]] bool has_csrf(std::string_view token) const;
  [[nodiscard]] Model model();  // what every page shows: assets, token, who is logged in

  void set_session(std::string token) { new_session_ = std::move(token); }  // the cookie goes out with the answer
  void clear_session() { clear_session_ = true; }

  void set_language(std::string_view tag) { new_language_ = tag; }

  // Answers; exactly one.
  void page(int status, std::string_view template_name, const Model& model, std::int64_t retry_after_s = 0);
  void redirect(std::string_view own_path);
  void error(int status, std::int64_t retry_after_s = 0);  // the usual sentence of that status
  void no_room();                                          // unknown room and blocked person: the same bytes
  void send(http::Response response, std::string_view cache_control = "no-store");

  // For an answer that is streamed: start, write…, finish.
  [[nodiscard]] const http::Responder& stream() const { return responder_; }

  // One try of this person's; whoever is refused is told when to come back.
  [[nodiscard]] auth::Allowance take(auth::Limit limit) const;

 private:
  friend void start_visit(std::shared_ptr<Visit>, std::function<void(std::shared_ptr<Visit>)>);
  http::Responder responder_;
  std::string visitor_;
  bool visitor_is_new_ = false;
  std::string new_session_;
  bool clear_session_ = false;
  std::string new_language_;
};

using VisitPtr = std::shared_ptr<Visit>;
using PageHandler = std::function<void(VisitPtr)>;
using FormHandler = std::function<void(VisitPtr, http::Form)>;
using UploadHandler = std::function<void(VisitPtr, std::string bytes)>;
// Where to send somebody whose form was made before they logged in or out in another tab, and who needs nothing of it any more.
// Changes nothing, so it needs no token. An own path, or empty: the form is refused.
using WhenStale = std::function<std::string(const Visit&, const http::Form&)>;

// Handlers for the router. `services` outlives it.
[[nodiscard]] http::Handler on_page(const Services& services, PageHandler handler);
[[nodiscard]] http::Handler on_form(const Services& services, FormHandler handler, WhenStale when_stale = {});
// Bytes that a script of ours sends: image/*, the form's token in the field X-CSRF-Token, which no other site can make a browser send.
[[nodiscard]] http::Handler on_upload(const Services& services, std::size_t bytes_max, UploadHandler handler);

// Anything else that a script of ours asks for with the form's token in X-CSRF-Token. Answers are for the script: {"error", "sentence"}.
[[nodiscard]] http::Handler on_script(const Services& services, PageHandler handler);

}  // namespace matinee::pages
