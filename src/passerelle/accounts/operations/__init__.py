"""What people and administrators do with accounts."""

from passerelle.accounts.operations.linking import (
    LinkNotValid,
    give_up_link,
    invite_candidate,
    invite_employer,
    join_with_link,
    open_link,
    redeem_link,
    resend_link,
)
from passerelle.accounts.operations.registering import (
    UsernameTaken,
    confirm_email,
    note_password_set,
    note_sign_in,
    register,
    register_employer,
    register_representative,
    switch_file,
    update_profile,
)
from passerelle.accounts.operations.second_factor import (
    ask_second_factor_reset,
    confirm_second_factor_reset,
    enrol_totp,
    reseal_second_factors,
    reset_second_factor,
)
from passerelle.accounts.operations.staffing import (
    close_account,
    create_staff,
    grant_role,
    reopen_account,
    revoke_role,
)

__all__ = [
    "LinkNotValid",
    "UsernameTaken",
    "ask_second_factor_reset",
    "close_account",
    "confirm_email",
    "confirm_second_factor_reset",
    "create_staff",
    "enrol_totp",
    "give_up_link",
    "grant_role",
    "invite_candidate",
    "invite_employer",
    "join_with_link",
    "note_password_set",
    "note_sign_in",
    "open_link",
    "redeem_link",
    "register",
    "register_employer",
    "register_representative",
    "reopen_account",
    "reseal_second_factors",
    "resend_link",
    "reset_second_factor",
    "revoke_role",
    "switch_file",
    "update_profile",
]
