#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/store/batch.hpp"
#include "core/store/project_files.hpp"
#include "core/store/record_log.hpp"

namespace dgxp {

/// A log of `.dgxp/` as a table, for as long as a process likes. `fold` and `unfold` say which half
/// of a record is which; of several records with one key the last counts. Its calls are for whoever
/// holds the project's lock, or has no other writer to fear.
template <typename Key, typename Value>
class LogTable {
 public:
  using Fold = void (*)(std::map<Key, Value>&, const Record&);
  using Unfold = Record (*)(const Key&, const Value&);
  LogTable(std::string_view name, Fold fold, Unfold unfold)
      : name_(name), fold_(fold), unfold_(unfold) {}

  /// Others may have written to the log: the next call compares it with what it held.
  void look_again() { is_current_ = false; }

  const Value* find(const ProjectFiles& files, const Key& key) {
    update(files);
    const auto found = table_.find(key);
    return found == table_.end() ? nullptr : &found->second;
  }

  /// Best effort, like everything about a cache: what cannot be noted is asked for again.
  void keep(const ProjectFiles& files, const Key& key, const Value& value) {
    update(files);
    const auto found = table_.find(key);
    if (found != table_.end() && found->second == value) return;
    table_.insert_or_assign(key, value);
    ++records_;
    if (damaged_ || records_ > 2 * table_.size() + 100) {
      rewrite(files);
      return;
    }
    const Record record = unfold_(key, value);
    append_to_log(files, name_, {record});
    // Whether this is what the file holds now shows when it is compared.
    text_ += text_.empty() ? encode_log(name_, {record}) : encode_record(name_, record);
  }

 private:
  std::string path() const { return ".dgxp/" + std::string(name_); }

  /// Comparing a log takes a thirtieth of the time of parsing it.
  void update(const ProjectFiles& files) {
    if (is_current_) return;
    is_current_ = true;
    if (!text_.empty() && files.holds(path(), as_bytes(text_))) return;
    Bytes content = read_log(files, name_);
    const Records records = decode_log(name_, content);
    table_.clear();
    for (const Record& record : records.good) fold_(table_, record);
    records_ = records.good.size();
    damaged_ = records.damaged;
    text_ = as_text(content);
  }

  void rewrite(const ProjectFiles& files) {
    std::vector<Record> records;
    records.reserve(table_.size());
    for (const auto& [key, value] : table_) records.push_back(unfold_(key, value));
    std::string text = encode_log(name_, records);
    Batch batch(files, Sync::no);
    const auto staged = batch.stage(path(), as_bytes(text));
    if (!staged || !batch.publish()) {
      text_.clear();  // the table says more than the log, which has to be parsed again
      return;
    }
    records_ = records.size();
    damaged_ = false;
    text_ = std::move(text);
  }

  std::string_view name_;
  Fold fold_;
  Unfold unfold_;
  std::map<Key, Value> table_;
  std::string text_;  ///< of the log when it was last parsed or written; empty: nothing is known
  std::size_t records_ = 0;
  bool is_current_ = false;
  bool damaged_ = false;
};

/// The logs of one project that are tables. One that outlives its stores saves parsing them again
/// (StoreOptions::logs).
struct ProjectLogs {
  /// Which raw image each master was recovered from.
  LogTable<std::string, Digest> masters{
      "masters", [](auto& table, const Record& r) { table.insert_or_assign(r.text, r.digest); },
      [](const std::string& id, const Digest& key) { return Record{key, id}; }};
  LogTable<Digest, std::string> recipes{
      "recipes", [](auto& table, const Record& r) { table.insert_or_assign(r.digest, r.text); },
      [](const Digest& recipe, const std::string& text) { return Record{recipe, text}; }};

  void look_again() {
    masters.look_again();
    recipes.look_again();
  }
};

}  // namespace dgxp
