#pragma once

#include <cassert>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <tl/expected.hpp>

#include "core/base/place.hpp"

namespace dgxp {

/// What went wrong, as far as the exit status is concerned (cli/exit_status.hpp maps it).
enum class ErrorKind {
  usage,        ///< the command line
  manifest,     ///< the manifest, a palette or the lock
  input,        ///< an image or another file the user named
  worker,       ///< the worker cannot be reached or gave no answer
  storage,      ///< reading or writing failed: path and reason are in the message
  failed,       ///< a sprite or a check failed
  drift,        ///< something changed since it was last written down
  interrupted,  ///< the user asked to stop
};

/// Why an operation gave no result, said for the person at the terminal.
struct Error {
  ErrorKind kind = ErrorKind::failed;
  std::string message;
  std::string hint = {};  ///< the next step, or empty
  Place place = {};       ///< in the manifest, for ErrorKind::manifest; may be unknown
};

/// A T, or the Error that prevented it. Dropping one unread is a compiler warning. It holds a
/// tl::expected instead of inheriting from it, so that links of a chain may return a Result and
/// reading a value that is not there fails an assert.
template <typename T>
class [[nodiscard]] Result {
 public:
  using Expected = tl::expected<T, Error>;

  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(tl::unexpect, std::move(error)) {}
  explicit Result(Expected state) : state_(std::move(state)) {}

  explicit operator bool() const noexcept { return state_.has_value(); }
  T& operator*() & {
    assert(*this);
    return *state_;
  }
  const T& operator*() const& {
    assert(*this);
    return *state_;
  }
  T&& operator*() && {
    assert(*this);
    return *std::move(state_);
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  const Error& error() const {
    assert(!*this);
    return state_.error();
  }
  Expected expected() && { return std::move(state_); }

  /// `next` takes the value and returns a Result; it is not called after an Error.
  template <typename Next>
  auto and_then(Next&& next) && {
    using Then = std::invoke_result_t<Next, T>;
    return Then(std::move(state_).and_then([&](T&& value) {
      return std::invoke(std::forward<Next>(next), std::move(value)).expected();
    }));
  }
  /// `change` takes the value and returns a plain value.
  template <typename Change>
  auto map(Change&& change) && {
    return Result<std::invoke_result_t<Change, T>>(
        std::move(state_).map(std::forward<Change>(change)));
  }
  /// `change` takes the Error and returns the one to pass on, with the place added.
  template <typename Change>
  Result map_error(Change&& change) && {
    return Result(std::move(state_).map_error(std::forward<Change>(change)));
  }

 private:
  Expected state_;
};

using Done = std::monostate;  ///< what a Result holds when success carries no value

}  // namespace dgxp
