// UserStore, SessionStore, SettingsStore and ThrottleStore.
#include <algorithm>

#include "tests/store/contract.h"

namespace matinee::test {

using seams::Result;
using seams::Session;
using seams::SessionEvent;
using seams::SessionId;
using seams::StoreError;
using seams::User;

namespace {

struct People : World {
  Result<User> by_id(seams::UserId id) {
    return ask<Result<User>>([&](auto executor, auto done) { stores->users().by_id(id, executor, done); });
  }
  Result<User> by_name_or_email(std::string name_key, std::string email_key) {
    return ask<Result<User>>([&](auto executor, auto done) { stores->users().by_name_or_email(name_key, email_key, executor, done); });
  }
  Result<void> done(std::function<void(seams::Executor, seams::Done<void>)> call) { return ask<Result<void>>(call); }
  Result<std::int64_t> counted(std::function<void(seams::Executor, seams::Done<std::int64_t>)> call) {
    return ask<Result<std::int64_t>>(call);
  }
};

constexpr auto refused = [](StoreError error) { return tl::unexpected(error); };

}  // namespace

// ---- users

TEST_CASE("an account is found by id, by name key and by e-mail key") {
  People world;
  const auto made = world.account(anna, "Anna", "Anna@example.org");
  CHECK(made.kind == rooms::PersonKind::account);
  CHECK(made.created_at_ms == now);
  for (const auto& found :
       {world.by_id(anna), world.by_name_or_email("key:Anna", ""), world.by_name_or_email("", "key:Anna@example.org")}) {
    REQUIRE(found.has_value());
    CHECK(found->id == anna);
    CHECK(found->name == "Anna");
    CHECK(found->email == "Anna@example.org");
    CHECK(found->password_hash == "$hash$");
    CHECK_FALSE(found->admin);
  }
  CHECK(world.by_id(ben).error() == StoreError::not_found);
  CHECK(world.by_name_or_email("key:Ben", "key:Anna").error() == StoreError::not_found);
}

TEST_CASE("people without an e-mail are not found by an empty one, nor guests by an empty name") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben);
  CHECK(world.by_name_or_email("", "").error() == StoreError::not_found);
}

TEST_CASE("names and e-mails are unique among accounts, and several may have no e-mail") {
  People world;
  (void)world.account(anna, "Anna", "a@example.org");
  CHECK(world.try_account(ben, "Anna").error() == StoreError::name_taken);
  CHECK(world.try_account(ben, "Ben", "a@example.org").error() == StoreError::email_taken);
  CHECK(world.try_account(anna, "Carla").error() == StoreError::id_taken);
  CHECK(world.try_account(ben, "Ben").has_value());
  CHECK(world.try_account(seams::UserId{3}, "Carla").has_value());
}

TEST_CASE("sixteen sign-ups of one name at the same moment give one account") {
  People world;
  int made = 0;
  int taken = 0;
  for (std::int64_t number = 1; number <= 16; ++number) {
    world.stores->users().create_account(seams::UserId{number}, {"Anna", "anna", "", "", "$hash$"}, now, world.loop.executor(),
                                         [&](Result<User> user) {
                                           if (user) ++made;
                                           else if (user.error() == StoreError::name_taken) ++taken;
                                         });
  }
  world.loop.run_until([&] { return made + taken == 16; });
  CHECK(made == 1);
}

TEST_CASE("guests may share a name, also with an account") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben, "Anna");
  CHECK(world.guest(seams::UserId{3}, "Anna").kind == rooms::PersonKind::guest);
  CHECK(
      world.ask<Result<User>>([&](auto executor, auto done) {
             world.stores->users().create_guest({ben, "Ben", "", now}, executor, done);
           })
          .error() == StoreError::id_taken);
}

TEST_CASE("the largest id a person can have is 2^53 - 1") {
  People world;
  CHECK(world.guest(seams::UserId{(1LL << 53) - 1}).id.value == (1LL << 53) - 1);
  CHECK_FALSE(world
                  .ask<Result<User>>([&](auto executor, auto done) {
                    world.stores->users().create_guest({seams::UserId{1LL << 53}, "Ben", "", now}, executor, done);
                  })
                  .has_value());
  CHECK_FALSE(world
                  .ask<Result<User>>([&](auto executor, auto done) {
                    world.stores->users().create_guest({seams::UserId{0}, "Ben", "", now}, executor, done);
                  })
                  .has_value());
  CHECK(world.guest(ben).id == ben);
}

TEST_CASE("a guest becomes an account in place, and the rooms of that guest become lasting ones") {
  People world;
  (void)world.guest(ben, "Ben");
  const auto room = world.room("K7QM3XFD", ben, seams::RoomKind::guest);
  const auto upgraded = world.ask<Result<User>>([&](auto executor, auto done) {
    world.stores->users().upgrade_guest(ben, {"Benjamin", "benjamin", "b@example.org", "b@example.org", "$hash$"}, executor, done);
  });
  REQUIRE(upgraded.has_value());
  CHECK(upgraded->id == ben);
  CHECK(upgraded->kind == rooms::PersonKind::account);
  CHECK(world.by_name_or_email("benjamin", "")->id == ben);
  CHECK(world.look_up(room.code)->kind == seams::RoomKind::normal);
}

TEST_CASE("an upgrade is refused for accounts, unknown people and taken names, and changes nothing then") {
  People world;
  (void)world.account(anna, "Anna", "a@example.org");
  (void)world.guest(ben, "Ben");
  const auto upgrade = [&](seams::UserId id, std::string key, std::string email_key) {
    return world.ask<Result<User>>([&](auto executor, auto done) {
      world.stores->users().upgrade_guest(id, {"X", key, email_key, email_key, "$hash$"}, executor, done);
    });
  };
  CHECK(upgrade(anna, "x", "").error() == StoreError::wrong_kind);
  CHECK(upgrade(seams::UserId{9}, "x", "").error() == StoreError::not_found);
  CHECK(upgrade(ben, "key:Anna", "").error() == StoreError::name_taken);
  CHECK(upgrade(ben, "x", "key:a@example.org").error() == StoreError::email_taken);
  CHECK(world.by_id(ben)->kind == rooms::PersonKind::guest);
  CHECK(world.by_id(ben)->name == "Ben");
}

TEST_CASE("a password hash is replaced, and a rehash does not undo a change made meanwhile") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben);
  const auto set = [&](seams::UserId id, std::string hash, std::string expected) {
    return world.done([&](auto executor, auto done) { world.stores->users().set_password_hash(id, hash, expected, executor, done); });
  };
  CHECK(set(anna, "$new$", "$hash$").has_value());
  CHECK(set(anna, "$stale$", "$hash$") == refused(StoreError::not_found));
  CHECK(world.by_id(anna)->password_hash == "$new$");
  CHECK(set(anna, "$reset$", "").has_value());
  CHECK(world.by_id(anna)->password_hash == "$reset$");
  CHECK(set(ben, "$x$", "") == refused(StoreError::wrong_kind));
  CHECK(set(seams::UserId{9}, "$x$", "") == refused(StoreError::not_found));
}

TEST_CASE("a name can be changed, also only its case, but not into another account's") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.account(ben, "Ben");
  (void)world.guest(seams::UserId{3}, "Guest");
  const auto rename = [&](seams::UserId id, std::string name, std::string key) {
    return world.done([&](auto executor, auto done) { world.stores->users().rename(id, name, key, executor, done); });
  };
  CHECK(rename(anna, "ANNA", "key:Anna").has_value());
  CHECK(world.by_id(anna)->name == "ANNA");
  CHECK(rename(anna, "Ben", "key:Ben") == refused(StoreError::name_taken));
  CHECK(rename(seams::UserId{3}, "Ben", "key:Ben").has_value());
  CHECK(rename(seams::UserId{9}, "X", "x") == refused(StoreError::not_found));
}

TEST_CASE("an e-mail can be set, cleared and is refused when another account has it") {
  People world;
  (void)world.account(anna, "Anna", "a@example.org");
  (void)world.account(ben, "Ben");
  const auto set = [&](seams::UserId id, std::string email) {
    return world.done(
        [&](auto executor, auto done) { world.stores->users().set_email(id, email, email.empty() ? "" : "key:" + email, executor, done); });
  };
  CHECK(set(ben, "a@example.org") == refused(StoreError::email_taken));
  CHECK(set(anna, "").has_value());
  CHECK(set(ben, "a@example.org").has_value());
  CHECK(world.by_name_or_email("", "key:a@example.org")->id == ben);
}

TEST_CASE("a picture is kept for an account under its key alone, replaced, taken away, and told to the sessions") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben);
  (void)world.session(anna, 1);
  std::vector<SessionEvent> heard;
  const auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent event) { heard.push_back(event); });
  const auto set = [&](seams::UserId id, std::optional<seams::Avatar> avatar) {
    return world.done([&](auto executor, auto done) { world.stores->users().set_avatar(id, avatar, executor, done); });
  };
  const auto get = [&](seams::UserId id, std::string key) {
    return world.ask<Result<seams::Avatar>>([&](auto executor, auto done) { world.stores->users().avatar(id, key, executor, done); });
  };
  const std::string bytes("with\0zero", 9);
  CHECK(set(anna, seams::Avatar{"one", "image/png", bytes}).has_value());
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].what == SessionEvent::What::user_changed);
  CHECK(world.by_id(anna)->avatar == "one");
  CHECK(world.find_session(1, now)->user.avatar == "one");
  CHECK(get(anna, "one")->bytes == bytes);
  CHECK(get(anna, "one")->type == "image/png");
  CHECK(get(anna, "two").error() == StoreError::not_found);
  CHECK(set(anna, seams::Avatar{"two", "image/webp", "other"}).has_value());
  CHECK(get(anna, "one").error() == StoreError::not_found);
  CHECK(get(anna, "two")->bytes == "other");
  CHECK(set(anna, std::nullopt).has_value());
  CHECK(world.by_id(anna)->avatar.empty());
  CHECK(get(anna, "two").error() == StoreError::not_found);
  CHECK(set(ben, seams::Avatar{"one", "image/png", "x"}) == refused(StoreError::wrong_kind));
}

TEST_CASE("preferences are kept as given for an account, and survive a restart") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben);
  const auto set = [&](seams::UserId id) {
    return world.done([&](auto executor, auto done) { world.stores->users().set_preferences(id, "theme=dark", executor, done); });
  };
  CHECK(world.by_id(anna)->preferences.empty());
  CHECK(set(anna).has_value());
  CHECK(set(ben) == refused(StoreError::wrong_kind));
  world.stores->restart();
  CHECK(world.by_id(anna)->preferences == "theme=dark");
}

TEST_CASE("an account can be made admin, a guest cannot") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.guest(ben);
  const auto has_admin = [&] {
    return world.ask<Result<bool>>([&](auto executor, auto done) { world.stores->users().has_admin(executor, done); }).value();
  };
  CHECK_FALSE(has_admin());
  CHECK(world.done([&](auto executor, auto done) { world.stores->users().set_admin(ben, true, executor, done); }) ==
        refused(StoreError::wrong_kind));
  CHECK(world.done([&](auto executor, auto done) { world.stores->users().set_admin(anna, true, executor, done); }).has_value());
  CHECK(has_admin());
  CHECK(world.by_id(anna)->admin);
}

TEST_CASE("old guests without session and room are cleared away, others stay") {
  People world;
  const seams::UserId idle{1}, with_session{2}, with_room{3}, young{4}, visitor{5};
  for (const auto id : {idle, with_session, with_room, visitor}) (void)world.guest(id);
  (void)world.account(anna, "Anna");
  (void)world.session(with_session, 1);
  (void)world.room("K7QM3XFD", with_room, seams::RoomKind::guest);
  const auto other = world.room("AAAABBBB", anna);
  (void)world.done([&](auto executor, auto done) { world.stores->rooms().record_visit(other.id, visitor, now, executor, done); });
  (void)world.ask<Result<User>>([&](auto executor, auto done) {
    world.stores->users().create_guest({young, "Young", "", now + day}, executor, done);
  });
  const auto prune = [&] {
    return world.counted([&](auto executor, auto done) { world.stores->users().prune_guests(now + day, 100, executor, done); });
  };
  CHECK(prune() == 2);
  CHECK(world.by_id(idle).error() == StoreError::not_found);
  CHECK(world.by_id(visitor).error() == StoreError::not_found);
  for (const auto id : {with_session, with_room, young, anna}) CHECK(world.by_id(id).has_value());
  CHECK(prune() == 0);
}

// ---- sessions

TEST_CASE("a session is found by its token's hash, with its person, also after a restart") {
  People world;
  (void)world.account(anna, "Anna");
  const auto made = world.session(anna, 1);
  world.stores->restart();
  const auto found = world.find_session(1, now);
  REQUIRE(found.has_value());
  CHECK(found->session.id == made.id);
  CHECK(found->session.client == "Firefox on Linux");
  CHECK(found->session.address == "192.0.2.1");
  CHECK(found->user.id == anna);
  CHECK(found->user.name == "Anna");
  CHECK(world.find_session(2, now).error() == StoreError::not_found);
}

TEST_CASE("a session needs a person, and a token is used once") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.session(anna, 1);
  seams::NewSession again;
  again.token_hash = token_hash(1);
  again.user = anna;
  CHECK(world.try_session(again).error() == StoreError::id_taken);
  again.token_hash = token_hash(2);
  again.user = ben;
  CHECK(world.try_session(again).error() == StoreError::not_found);
}

TEST_CASE("a session is over 14 days after it was last seen and 90 days after it was made, to the millisecond") {
  People world;
  (void)world.account(anna, "Anna");
  const auto session = world.session(anna, 1);
  CHECK(world.find_session(1, now + 14 * day - 1).has_value());
  CHECK_FALSE(world.find_session(1, now + 14 * day).has_value());
  for (std::int64_t days = 10; days < 90; days += 10) {
    REQUIRE(world.done([&](auto executor, auto done) { world.stores->sessions().touch(session.id, now + days * day, executor, done); })
                .has_value());
  }
  CHECK(world.find_session(1, now + 90 * day - 1).has_value());
  CHECK_FALSE(world.find_session(1, now + 90 * day).has_value());
}

TEST_CASE("an ended session is found no more, is told to subscribers before the answer, and cannot be ended twice") {
  People world;
  (void)world.account(anna, "Anna");
  const auto session = world.session(anna, 1);
  std::vector<SessionEvent> heard;
  const auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent event) { heard.push_back(event); });
  const auto end = [&] {
    return world.done([&](auto executor, auto done) {
      world.stores->sessions().end(session.id, executor, [&, done](Result<void> ended) {
        if (ended) CHECK(heard.size() == 1);
        done(ended);
      });
    });
  };
  CHECK(end().has_value());
  CHECK(end() == refused(StoreError::not_found));
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].what == SessionEvent::What::ended);
  CHECK(heard[0].session == session.id);
  CHECK(heard[0].user == anna);
  CHECK_FALSE(world.find_session(1, now).has_value());
}

TEST_CASE("a subscription that is dropped hears nothing more") {
  People world;
  (void)world.account(anna, "Anna");
  const auto session = world.session(anna, 1);
  int heard = 0;
  auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent) { ++heard; });
  subscription.reset();
  CHECK(world.done([&](auto executor, auto done) { world.stores->sessions().end(session.id, executor, done); }).has_value());
  CHECK(heard == 0);
}

TEST_CASE("devices end with the browser session they were made from, also those made from a device") {
  People world;
  (void)world.account(anna, "Anna");
  const auto browser = world.session(anna, 1);
  const auto device_of = [&](SessionId parent, std::uint8_t token) {
    seams::NewSession wanted;
    wanted.token_hash = token_hash(token);
    wanted.user = anna;
    wanted.kind = seams::SessionKind::device;
    wanted.parent = parent;
    wanted.at_ms = now;
    return world.try_session(wanted).value();
  };
  const auto device = device_of(browser.id, 2);
  const auto second = device_of(device.id, 3);
  CHECK(second.parent == browser.id);
  CHECK(world.done([&](auto executor, auto done) { world.stores->sessions().end(browser.id, executor, done); }).has_value());
  CHECK_FALSE(world.find_session(2, now).has_value());
  CHECK_FALSE(world.find_session(3, now).has_value());
}

TEST_CASE("a device cannot be hung on another person's session") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.account(ben, "Ben");
  seams::NewSession wanted;
  wanted.token_hash = token_hash(2);
  wanted.user = ben;
  wanted.parent = world.session(anna, 1).id;
  CHECK(world.try_session(wanted).error() == StoreError::not_found);
}

TEST_CASE("ids of sessions are never used again") {
  People world;
  (void)world.account(anna, "Anna");
  const auto first = world.session(anna, 1);
  CHECK(world.done([&](auto executor, auto done) { world.stores->sessions().end(first.id, executor, done); }).has_value());
  world.stores->restart();
  CHECK(world.session(anna, 2).id > first.id);
}

TEST_CASE("replacing a session ends the old one and makes the new one in one step") {
  People world;
  (void)world.account(anna, "Anna");
  const auto old = world.session(anna, 1);
  seams::NewSession wanted;
  wanted.token_hash = token_hash(2);
  wanted.user = anna;
  wanted.at_ms = now;
  const auto replace = [&](SessionId id) {
    return world.ask<Result<Session>>([&](auto executor, auto done) { world.stores->sessions().replace(id, wanted, executor, done); });
  };
  REQUIRE(replace(old.id).has_value());
  CHECK_FALSE(world.find_session(1, now).has_value());
  CHECK(world.find_session(2, now).has_value());
  // Refused as a whole: nobody is logged out by a replacement that failed.
  const auto present = world.find_session(2, now)->session;
  wanted.user = ben;
  wanted.token_hash = token_hash(3);
  CHECK_FALSE(replace(present.id).has_value());
  CHECK(world.find_session(2, now).has_value());
}

TEST_CASE("the list of a person's sessions has the live ones, the latest seen first") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.account(ben, "Ben");
  (void)world.session(anna, 1, now - 15 * day);
  const auto second = world.session(anna, 2, now - 2);
  const auto third = world.session(anna, 3, now - 1);
  (void)world.session(ben, 4);
  const auto list =
      world.ask<Result<std::vector<Session>>>([&](auto executor, auto done) { world.stores->sessions().list(anna, now, executor, done); });
  REQUIRE(list->size() == 2);
  CHECK(list->at(0).id == third.id);
  CHECK(list->at(1).id == second.id);
}

TEST_CASE("ending all sessions of a person can spare one and tells each") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.account(ben, "Ben");
  const auto spared = world.session(anna, 1);
  (void)world.session(anna, 2);
  (void)world.session(anna, 3);
  (void)world.session(ben, 4);
  int heard = 0;
  const auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent) { ++heard; });
  CHECK(world.counted([&](auto executor, auto done) { world.stores->sessions().end_all(anna, spared.id, executor, done); }) == 2);
  CHECK(heard == 2);
  CHECK(world.find_session(1, now).has_value());
  CHECK(world.find_session(4, now).has_value());
}

TEST_CASE("expired sessions are cleared away and told") {
  People world;
  (void)world.account(anna, "Anna");
  (void)world.session(anna, 1, now - 14 * day);
  (void)world.session(anna, 2, now - 14 * day + 1);
  int heard = 0;
  const auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent) { ++heard; });
  CHECK(world.counted([&](auto executor, auto done) { world.stores->sessions().prune(now, executor, done); }) == 1);
  CHECK(heard == 1);
}

TEST_CASE("subscribers hear when a person's name, kind or right changes") {
  People world;
  (void)world.guest(anna, "Anna");
  std::vector<SessionEvent> heard;
  const auto subscription = world.stores->sessions().subscribe(world.loop.executor(), [&](SessionEvent event) { heard.push_back(event); });
  (void)world.ask<Result<User>>([&](auto executor, auto done) {
    world.stores->users().upgrade_guest(anna, {"Anna", "anna", "", "", "$hash$"}, executor, done);
  });
  (void)world.done([&](auto executor, auto done) { world.stores->users().rename(anna, "Annika", "annika", executor, done); });
  (void)world.done([&](auto executor, auto done) { world.stores->users().set_admin(anna, true, executor, done); });
  CHECK(heard.size() == 3);
  CHECK(std::all_of(heard.begin(), heard.end(),
                    [](const SessionEvent& event) { return event.what == SessionEvent::What::user_changed && event.user == anna; }));
}

// ---- settings and throttles

TEST_CASE("a setting is kept over a restart, replaced, and made only once when asked so") {
  People world;
  const auto get = [&](std::string key) {
    return world
        .ask<Result<std::optional<std::string>>>([&](auto executor, auto done) { world.stores->settings().get(key, executor, done); })
        .value();
  };
  const auto put_if_absent = [&](std::string value) {
    return world
        .ask<Result<std::string>>([&](auto executor, auto done) { world.stores->settings().put_if_absent("key", value, executor, done); })
        .value();
  };
  CHECK(get("key") == std::nullopt);
  CHECK(put_if_absent(std::string("\0one", 4)) == std::string("\0one", 4));
  CHECK(put_if_absent("two") == std::string("\0one", 4));
  CHECK(world.done([&](auto executor, auto done) { world.stores->settings().put("key", "three", executor, done); }).has_value());
  world.stores->restart();
  CHECK(get("key") == "three");
}

TEST_CASE("a setting can be taken once, by whoever knows its value") {
  People world;
  const auto take = [&](std::string expected) {
    return world.ask<Result<bool>>([&](auto executor, auto done) { world.stores->settings().take("key", expected, executor, done); })
        .value();
  };
  (void)world.done([&](auto executor, auto done) { world.stores->settings().put("key", "value", executor, done); });
  CHECK_FALSE(take("other"));
  CHECK(take("value"));
  CHECK_FALSE(take("value"));
}

TEST_CASE("throttle records are kept until they run out") {
  People world;
  const auto save = [&](seams::ThrottleRecord record) {
    CHECK(world.done([&](auto executor, auto done) { world.stores->throttles().save(record, executor, done); }).has_value());
  };
  const auto load = [&](std::int64_t at_ms, std::size_t limit) {
    std::vector<std::string> keys;
    const auto records = world.ask<Result<std::vector<seams::ThrottleRecord>>>(
        [&](auto executor, auto done) { world.stores->throttles().load(at_ms, limit, executor, done); });
    for (const auto& record : records.value()) keys.push_back(record.key);
    return keys;
  };
  using Keys = std::vector<std::string>;
  save({"a", now + 10});
  save({"b", now + 5});
  save({"b", now + 20});
  save({"c", now + 30});
  save({"c", 0});
  world.stores->restart();
  CHECK(load(now, 10) == Keys{"b", "a"});
  CHECK(load(now, 1) == Keys{"b"});
  CHECK(load(now + 10, 10) == Keys{"b"});
  CHECK(world.done([&](auto executor, auto done) { world.stores->throttles().prune(now + 10, executor, done); }).has_value());
  CHECK(load(now, 10) == Keys{"b"});
}

}  // namespace matinee::test
