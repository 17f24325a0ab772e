import LasagneCommand

/// The command line with nothing added: models come from model files.
@main struct PlainLaboratory: Laboratory {}
