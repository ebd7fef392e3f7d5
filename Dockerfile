# Punchcard's processes (web, live, grpc, consumers, worker, beat): one image, different commands.
# The engine as extension modules: the same decisions in two thirds of the time.
FROM python:3.13 AS compiled
WORKDIR /app
COPY requirements-compile.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements-compile.txt -c constraints.txt
COPY config ./config
COPY core ./core
COPY promotions ./promotions
RUN python -m config.compile_engine && mkdir built && cp --parents promotions_engine*.so \
    $(find promotions/engine -name '*.so') built

FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY . .
COPY --from=compiled /app/built ./
# A build has no database and no secret; collecting static files needs neither.
RUN LOCAL=on LOCAL_DIR=/tmp/build python manage.py collectstatic --no-input \
    && rm -rf /tmp/build \
    && useradd --system punchcard \
    && install -d -o punchcard /data
ENV LOCAL_DIR=/data
USER punchcard
EXPOSE 8000 50051
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "2", "--no-access-log", "config.wsgi:application"]
