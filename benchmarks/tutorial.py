"""The service as tutorials build it: a session per request, an ORM insert, a commit, the same rules."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from app.api.answers import Assessment
from app.api.published_examples import example_receipt
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.main import now
from app.services.assessments import assess
from app.services.rulesets import Rulesets
from benchmarks.lax_case import LaxCase


class Model(DeclarativeBase):
    """The tables of the tutorial."""


class AssessmentRow(Model):
    """One assessment."""

    __tablename__ = "assessments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(default=now)
    subject: Mapped[str] = mapped_column(index=True)
    case: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)


def create_tutorial(database_url: str) -> FastAPI:
    """As in the SQL chapter of a tutorial; the rules are compiled once, as in the product."""
    sqlite = database_url.startswith("sqlite")
    engine = create_engine(database_url, connect_args={"check_same_thread": False} if sqlite else {})
    Model.metadata.create_all(engine)
    sessions, rulesets = sessionmaker(engine), Rulesets(POSTOP_LUMBAR)
    app, receipt = FastAPI(), example_receipt()

    def get_session() -> Iterator[Session]:
        with sessions() as session:
            yield session

    @app.post("/v1/assessments", status_code=201, response_model=Assessment)
    def create_assessment(case: LaxCase, session: Annotated[Session, Depends(get_session)]) -> dict[str, Any]:
        answer = json.loads(assess(case, now(), rulesets).answer().text)
        row = AssessmentRow(subject=case.subject, case=case.model_dump(mode="json"), answer=plain(answer))
        session.add(row)
        session.commit()
        session.refresh(row)
        return {"id": row.id, "created_at": row.created_at, **row.answer, "receipt": receipt}

    @app.get("/health/ready")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as the JSON column takes it."""
    return Assessment.model_construct(**answer).model_dump(mode="json", warnings=False)
