#pragma once
// The suite that every adapter of ports/store.hpp and ports/access_store.hpp is held to. A backend is one adapter with its data, which can be dropped
// and opened again as after a crash.

#include <ports/access_store.hpp>
#include <ports/store.hpp>
#include <support/run.hpp>
#include <support/sqlite_store.hpp>

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <string>

namespace everlong::test {

class StoreBackend {
public:
    virtual ~StoreBackend() = default;
    virtual ports::Store& store() = 0;
    virtual ports::AccessStore& access() = 0;
    virtual void reopen() = 0;
    // The length of the audit chain.
    virtual Result<std::int64_t> verify_audit() = 0;
};

struct StoreAdapter {
    const char* name;
    std::function<std::unique_ptr<StoreBackend>()> make;
};

inline void PrintTo(const StoreAdapter& adapter, std::ostream* out) {
    *out << adapter.name;
}

// A point of the calendar, `days` after the first.
inline Instant day(int days) {
    return instant_from_unix_s(1'780'000'000) + Days(days);
}

inline ports::AuditEvent event(std::string action, Instant at = day(0), std::string channel = "shop") {
    return {at, "engine", std::move(action), std::move(channel), "detail of it"};
}

inline core::TokenFacts long_lived(int issued_day = 0) {
    core::TokenFacts facts;
    facts.kind = core::TokenKind::kInstagramUser;
    facts.lifetime = core::Lifetime::kLong;
    facts.issued_at = day(issued_day);
    facts.expires_at = core::Expiry::at(day(issued_day + 60));
    facts.are_scopes_known = true;
    facts.scopes = {"instagram_business_basic", "instagram_business_content_publish"};
    return facts;
}

inline core::Account shop_account() {
    core::Account account;
    account.ig_user_id = IgUserId("17841400000000001");
    account.username = "shop";
    account.account_type = "BUSINESS";
    return account;
}

class StoreContract : public testing::TestWithParam<StoreAdapter> {
protected:
    StoreContract() : backend_(GetParam().make()) {}

    ports::Store& store() { return backend_->store(); }
    ports::AccessStore& access() { return backend_->access(); }

    // The value of a task that has to succeed.
    template <class T>
    T get(Task<T> task) {
        return must(run(io_, std::move(task)));
    }
    // The error of a task that has to fail; kInternal where it does not.
    template <class T>
    Error error_of(Task<T> task) {
        auto result = run(io_, std::move(task));
        if (!result) return result.error();
        ADD_FAILURE() << "succeeded, but has to fail";
        return Error(Code::kInternal, Fault::kUsage);
    }

    ports::Channel create(std::string name = "shop") {
        ports::NewChannel channel;
        channel.name = name;
        channel.login = core::LoginPath::kInstagram;
        channel.app_id = "200000000000002";
        return get(store().create_channel(channel, event("channel-created", day(0), name)));
    }
    int keep(const ports::Channel& channel, const std::string& token, Instant at = day(0),
             std::optional<ports::IntentId> intent = std::nullopt) {
        return get(store().keep_pending(channel.id, Secret(token), long_lived(), "refresh", intent,
                                        event("token-refreshed", at, channel.name)));
    }
    ports::Channel promote(const ports::Channel& channel, int version, Instant at = day(0)) {
        const auto now = get(store().load_channel(channel.id));
        ports::Lifecycle lifecycle;
        lifecycle.next_attempt_at = at + Days(8);
        return get(store().promote(channel.id, now.revision, version, {}, shop_account(), lifecycle,
                                   event("token-promoted", at, channel.name)));
    }
    // A channel whose current token is `token`.
    ports::Channel connect(const std::string& token, std::string name = "shop") {
        const auto channel = create(std::move(name));
        return promote(channel, keep(channel, token));
    }
    std::string current_token(const ports::Channel& channel) {
        return std::string(get(store().load_current(channel.id)).token.reveal());
    }
    std::vector<std::string> states(const ports::Channel& channel) {
        std::vector<std::string> list;
        for (const auto& version : get(store().list_versions(channel.id))) {
            constexpr const char* kNames[] = {"pending", "current", "retired", "discarded"};
            list.push_back(std::to_string(version.version) + " " + kNames[static_cast<int>(version.state)]);
        }
        return list;
    }

    boost::asio::io_context io_{1};
    std::unique_ptr<StoreBackend> backend_;
};

} // namespace everlong::test
