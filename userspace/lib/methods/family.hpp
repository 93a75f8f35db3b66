// SPDX-License-Identifier: Apache-2.0
/// \file
/// Methods that have settings: one object for each, made once.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <dmaload/method.hpp>

namespace dmaload {

/// \p Base, which is a Method, with variants.
template <class Base>
class Varied : public Base {
public:
    [[nodiscard]] std::span<const Method* const> variants() const override { return variants_; }
    /// \p method must outlive this one.
    void add_variant(const Method& method) { variants_.push_back(&method); }

private:
    std::vector<const Method*> variants_;
};

/// A method and its variants: forms of one class, which is Varied.
template <class Form>
class Family {
public:
    /// The first one is the method; there is one at least.
    explicit Family(std::vector<Form> forms) : forms_(std::move(forms))
    {
        for (const Form& form : std::span(forms_).subspan(1))
            forms_.front().add_variant(form);
    }
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;

    [[nodiscard]] const Method& method() const { return forms_.front(); }

private:
    std::vector<Form> forms_;
};

}  // namespace dmaload
